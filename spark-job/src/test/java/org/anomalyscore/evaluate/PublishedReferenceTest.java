package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.NormalFit;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.WholeFile;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that NumPy wrote: {@code make_statistics_fixtures.py}. */
class PublishedReferenceTest {

  private static final int DIMENSION = 8;
  private static final int REFERENCE = 120;
  private static final int GENERATED = 80;

  @TempDir Path folder;

  private static String fixture(String name) throws URISyntaxException {
    return Path.of(PublishedReferenceTest.class.getResource("/setmeasures/" + name).toURI())
        .toString();
  }

  private static NormalFit read(String file) {
    return statistics(file).features();
  }

  private static FeatureStatistics statistics(String file) {
    return FeatureStatistics.read(
        TestSpark.session().sparkContext().hadoopConfiguration(),
        PublishedReferenceJob.OPTION,
        file);
  }

  /** The case "copies" of {@code set_measures_oracle.py}: the reference's images come first. */
  private TableStore scored() {
    UniformRandomProvider random = RandomSource.SPLIT_MIX_64.create(1L);
    List<List<Float>> features = new ArrayList<>();
    for (int i = 0; i < REFERENCE + GENERATED; i++) {
      List<Float> row = new ArrayList<>();
      for (int t = 0; t < DIMENSION; t++) {
        row.add((float) random.nextDouble());
      }
      int inSet = i - REFERENCE;
      features.add(inSet >= 0 && inSet < GENERATED / 2 ? features.get(inSet) : row);
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < features.size(); i++) {
      rows.add(
          ScoreRows.of(i < REFERENCE ? "real" : "gan", "p" + i, 1, 2)
              .with("image_id", "%06d".formatted(i))
              .with("features", features.get(i))
              .toRow());
    }
    rows.add(ScoreRows.of("bare", "bare", 1, 2).toRow());
    TableStore store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
    store.append(Table.SCORES, rows);
    return store;
  }

  private PublishedReferenceJob.Distances evaluate(String statistics, String dataset) {
    return new PublishedReferenceJob(
            folder.resolve("tables").toString(), statistics, List.of(dataset), null, true)
        .run(TestSpark.session());
  }

  @Test
  void theDistanceIsThatOfScipy() throws IOException, URISyntaxException {
    TableStore store = scored();
    double expected =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(Path.of(fixture("statistics.json"))))
            .get("frechet")
            .asDouble();
    for (String name : List.of("statistics.npz", "statistics-odd.npz")) {
      PublishedReferenceJob.Distances found = evaluate(fixture(name), "gan");
      assertEquals(expected, found.generators().get(0).frechet().value(), 1e-9 * expected, name);
      assertTrue(found.generators().get(0).frechet().error() > 0);
      assertTrue(found.text().contains("| gan      | 80 |"), found.text());
    }
    assertEquals(2, store.read(Table.RUNS).where("command = 'evaluate'").count());
    assertEquals(0, store.read(Table.EVALUATIONS).count());
  }

  @Test
  @Tag("nightly")
  void whatIsWrittenIsReadAgain() {
    scored();
    String file = folder.resolve("made/real.npz").toString();
    StatisticsJob.Written written =
        new StatisticsJob(folder.resolve("tables").toString(), "real", file, null, true)
            .run(TestSpark.session());
    assertEquals(REFERENCE, written.images());
    assertEquals(DIMENSION, written.dimension());
    assertEquals(0, written.spatialDimension());
    assertNull(statistics(file).spatial());
    NormalFit fit = read(file);
    NormalFit byNumPy = assertReads("statistics.npz");
    assertArrayEquals(byNumPy.mean(), fit.mean(), 1e-14);
    assertArrayEquals(byNumPy.covariance(), fit.covariance(), 1e-14);
    // A set beside itself.
    double own = evaluate(file, "real").generators().get(0).frechet().value();
    assertEquals(0, own, 1e-12);
  }

  private static NormalFit assertReads(String name) {
    try {
      return read(fixture(name));
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void singlePrecisionAndOtherOrdersAreRead() {
    NormalFit whole = assertReads("statistics.npz");
    assertArrayEquals(whole.mean(), assertReads("statistics-float32.npz").mean(), 1e-6);
    assertArrayEquals(whole.mean(), assertReads("statistics-odd.npz").mean());
    assertArrayEquals(whole.covariance(), assertReads("statistics-odd.npz").covariance());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "statistics-whole-numbers.npz|mu has type '<i8'; float32 and float64 are read",
        "statistics-no-sigma.npz|it has no array 'sigma'",
        "statistics-shapes.npz|mu has the shape [8] and sigma [3, 3]",
        "statistics-nan.npz|it holds numbers that are not finite",
        "statistics-lopsided.npz|sigma is not symmetric",
        "statistics.json|as a file of numpy.savez",
      })
  void otherFilesAreRefused(String name, String reason) throws URISyntaxException {
    String file = fixture(name);
    String message = assertThrows(UserException.class, () -> read(file)).getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("--reference-statistics '" + file + "'"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent.npz", ""})
  void absentFilesAreRefused(String name) {
    assertThrows(UserException.class, () -> read(folder.resolve(name).toString()));
  }

  @Test
  void theDimensionMustBeThatOfTheFeatures() {
    scored();
    String file = folder.resolve("three.npz").toString();
    WholeFile.at(TestSpark.session().sparkContext().hadoopConfiguration(), "--out", file)
        .write(new FeatureStatistics(new NormalFit(new double[3], new double[9]), null).write());
    String message = assertThrows(UserException.class, () -> evaluate(file, "gan")).getMessage();
    assertTrue(message.contains("it has 8 features of the model"), message);
    assertTrue(message.contains("the file is of 3"), message);
  }

  /** As a spatial layer the features again, so that both distances are SciPy's. */
  private void scoredWithOutputs() {
    TableStore store = scored();
    List<Row> rows = store.read(Table.SCORES).orderBy("image_id").collectAsList();
    List<Row> more = new ArrayList<>();
    for (Row row : rows) {
      List<Float> features =
          row.isNullAt(row.fieldIndex("features")) ? null : row.getList(row.fieldIndex("features"));
      more.add(
          ScoreRows.copy(row)
              .with("features", features)
              .with("logits", features)
              .with("spatial_features", features)
              .with("scored_at", Timestamp.from(Instant.EPOCH.plusSeconds(1)))
              .toRow());
    }
    store.append(Table.SCORES, more);
  }

  @Test
  void aSpatialLayerAndLogitsHaveTheirMeasures() {
    scoredWithOutputs();
    String file = folder.resolve("both.npz").toString();
    StatisticsJob.Written written =
        new StatisticsJob(folder.resolve("tables").toString(), "real", file, null, true)
            .run(TestSpark.session());
    assertEquals(DIMENSION, written.spatialDimension());
    assertTrue(written.text().contains("8 features of net, and 8 of its spatial layer"));
    FeatureStatistics read = statistics(file);
    assertArrayEquals(read.features().covariance(), read.spatial().covariance());
    PublishedReferenceJob.Distances found = evaluate(file, "gan");
    Map<Statistic, Estimate> measures = found.generators().get(0).measures();
    assertEquals(
        measures.get(Statistic.FRECHET_DISTANCE), measures.get(Statistic.SPATIAL_FRECHET_DISTANCE));
    assertTrue(measures.get(Statistic.INCEPTION_SCORE).value() > 1);
    assertTrue(found.text().contains("spatial Frechet"), found.text());
    assertTrue(found.text().contains("Inception Score"), found.text());
    assertTrue(found.json().toString().contains("spatial_frechet_distance_std_err="));
  }

  @Test
  @Tag("nightly")
  void theDimensionMustBeThatOfTheSpatialLayer() throws URISyntaxException {
    scoredWithOutputs();
    String file = folder.resolve("three.npz").toString();
    NormalFit three = new NormalFit(new double[3], new double[9]);
    WholeFile.at(TestSpark.session().sparkContext().hadoopConfiguration(), "--out", file)
        .write(new FeatureStatistics(read(fixture("statistics.npz")), three).write());
    String message = assertThrows(UserException.class, () -> evaluate(file, "gan")).getMessage();
    assertTrue(message.contains("it has 8 spatial features of the model"), message);
  }

  @Test
  void withoutFeaturesThereIsNoDistance() throws URISyntaxException {
    scored();
    String file = fixture("statistics.npz");
    String message = assertThrows(UserException.class, () -> evaluate(file, "bare")).getMessage();
    assertTrue(message.contains("have the features of 0 images"), message);
    assertTrue(message.contains("--features"), message);
  }
}
