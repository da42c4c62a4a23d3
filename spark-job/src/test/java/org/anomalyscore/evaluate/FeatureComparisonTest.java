package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Part;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureComparisonTest {

  private static final AnomalyScore.Options QUICK = new AnomalyScore.Options(5, 0, 0, 0.9);

  @TempDir Path folder;

  private static final Instant LATER = Instant.EPOCH.plusSeconds(1);

  private TableStore store;

  @BeforeEach
  void write() {
    store = new TableStore(TestSpark.session(), folder.toString());
    store.append(Table.SCORES, rows("real", 60, 0, Instant.EPOCH, true));
    store.append(Table.SCORES, rows("near", 40, 0.1, Instant.EPOCH, true));
    store.append(Table.SCORES, rows("far", 30, 2, Instant.EPOCH, true));
    store.append(Table.SCORES, rows("bare", 20, 0, Instant.EPOCH, false));
  }

  /** Image 0 of every set is the same. */
  private static List<Row> rows(
      String dataset, int n, double shift, Instant time, boolean features) {
    return rows(dataset, n, shift, time, features ? 4 : 0);
  }

  private static List<Row> rows(String dataset, int n, double shift, Instant time, int dimension) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      List<Float> vector = new ArrayList<>();
      for (int t = 0; t < dimension; t++) {
        vector.add(i == 0 ? 0.5f : (float) (random.nextDouble() + shift));
      }
      double c = 0.5 + random.nextDouble();
      double v = 2 + 0.1 * (i % 7);
      rows.add(
          ScoreRows.of(dataset, dataset + i, c, v)
              .with("image_id", "%s%03d".formatted(dataset, i))
              .with("features", dimension > 0 ? vector : null)
              .with("scored_at", Timestamp.from(time))
              .toRow());
    }
    return rows;
  }

  private Evaluator evaluator() {
    return new Evaluator(store, QUICK).allowIncomplete(true);
  }

  private static TableRow row(Evaluator.Result result, String dataset) {
    return result.rows().stream()
        .filter(row -> dataset.equals(row.get("dataset")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void measuresStandWhereBothSetsHaveFeatures() {
    Evaluator.Result result =
        evaluator().evaluate(Run.start("test"), "real", List.of("near", "far", "bare"), null);
    TableRow near = row(result, "near");
    TableRow far = row(result, "far");
    assertEquals(40L, near.get("n_features"));
    assertEquals(60L, near.get("n_features_reference"));
    for (String measure :
        List.of("frechet_distance", "kernel_distance", "precision", "recall", "density")) {
      assertNotNull(near.get(measure), measure);
      // Every subset of the kernel distance holds all of 40 images.
      boolean known = !measure.equals("kernel_distance");
      assertEquals(known, near.get(measure + "_std_err") != null, measure);
    }
    assertTrue((Double) far.get("frechet_distance") > (Double) near.get("frechet_distance"));
    assertTrue((Double) far.get("kernel_distance") > (Double) near.get("kernel_distance"));
    // Image 0, and no other.
    assertEquals(1 / 30.0, far.get("precision"));
    TableRow bare = row(result, "bare");
    assertEquals(20L, bare.get("n"));
    assertNull(bare.get("n_features"));
    assertNull(bare.get("frechet_distance"));
    store.append(Table.EVALUATIONS, result.rows().stream().map(TableRow::toRow).toList());
    assertEquals(
        far.get("coverage"),
        store.read(Table.EVALUATIONS).where("dataset = 'far'").select("coverage").first().get(0));
    String board = Leaderboard.render(result);
    assertTrue(board.contains("Set measures on the features of net, 60 images"), board);
  }

  @Test
  @Tag("nightly")
  void furtherOutputsHaveTheirMeasures() {
    store.append(Table.SCORES, withOutputs(rows("real", 60, 0, LATER, true), 0));
    store.append(Table.SCORES, withOutputs(rows("near", 40, 0.1, LATER, true), 0));
    store.append(Table.SCORES, withOutputs(rows("far", 30, 2, LATER, true), 3));
    Evaluator.Result result =
        evaluator().evaluate(Run.start("test"), "real", List.of("near", "far", "bare"), null);
    TableRow near = row(result, "near");
    TableRow far = row(result, "far");
    for (Statistic statistic : Statistic.of(Statistic.Group.OUTPUT)) {
      assertNotNull(far.get(statistic.column()), statistic.column());
      assertNotNull(far.get(statistic.errorColumn()), statistic.errorColumn());
    }
    assertEquals(far.get("reference_inception_score"), near.get("reference_inception_score"));
    // Four classes in turn, in sets of which each part holds some of each.
    assertTrue((Double) near.get("inception_score") > 2);
    assertTrue((Double) near.get("inception_score") <= 4);
    // A shift of 3 along each of two axes.
    assertEquals(18, (Double) far.get("spatial_frechet_distance"), 2);
    assertTrue((Double) near.get("spatial_frechet_distance") < 1);
    assertNull(row(result, "bare").get("inception_score"));
    String board = Leaderboard.render(result);
    assertTrue(board.contains("Inception Score"), board);
    assertTrue(board.contains("spatial Frechet"), board);
  }

  @Test
  @Tag("nightly")
  void withoutFurtherOutputsNothingIsSaidOfThem() {
    Evaluator.Result result =
        evaluator().evaluate(Run.start("test"), "real", List.of("near"), null);
    for (Statistic statistic : Statistic.of(Statistic.Group.OUTPUT)) {
      assertNull(row(result, "near").get(statistic.column()), statistic.column());
    }
    assertFalse(Leaderboard.render(result).contains("Inception Score"));
  }

  /** Logits of four classes in turn, and a spatial layer of two numbers. */
  private static List<Row> withOutputs(List<Row> rows, float shift) {
    Random random = new Random(rows.size());
    List<Row> more = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<Float> logits = new ArrayList<>(Collections.nCopies(4, 0f));
      logits.set(i % 4, 8f);
      more.add(
          ScoreRows.copy(rows.get(i))
              .with("logits", logits)
              .with(
                  "spatial_features",
                  List.of(random.nextFloat() + shift, random.nextFloat() + shift))
              .toRow());
    }
    return more;
  }

  @Test
  void onlyNewestRowsCount() {
    store.append(Table.SCORES, rows("near", 15, 0.1, Instant.EPOCH.plusSeconds(1), false));
    TableRow near =
        row(evaluator().evaluate(Run.start("test"), "real", List.of("near"), null), "near");
    assertEquals(40L, near.get("n"));
    assertEquals(25L, near.get("n_features"));
  }

  @Test
  void withoutFeaturesNothingIsSaid() {
    Evaluator.Result result =
        evaluator().evaluate(Run.start("test"), "bare", List.of("near"), null);
    assertNull(row(result, "near").get("n_features_reference"));
    assertFalse(Leaderboard.render(result).contains("Set measures"));
  }

  @Test
  void setMeasuresAreLeftOutWhereTheyAreNotWanted() {
    Evaluator.Result result =
        evaluator().setMeasures(false).evaluate(Run.start("test"), "real", List.of("near"), null);
    TableRow near = row(result, "near");
    assertNull(near.get("n_features"));
    assertNull(near.get("frechet_distance"));
    assertNotNull(near.get("anomaly_score"));
  }

  @Test
  void aSetWithoutFeaturesHasAtypicalityAlone() {
    evaluator()
        .perImage(rows -> store.append(Table.IMAGE_MEASURES, rows))
        .evaluate(Run.start("test"), "real", List.of("bare", "far"), null);
    assertEquals(50, store.read(Table.IMAGE_MEASURES).count());
    Dataset<Row> bare = store.read(Table.IMAGE_MEASURES).where("dataset = 'bare'");
    assertEquals(20, bare.where("atypicality > 0 AND p_value <= q_value").count());
    assertEquals(0, bare.where("realism IS NOT NULL OR rarity IS NOT NULL").count());
  }

  @Test
  void withoutFeaturesOfTheReferenceThereIsAtypicality() {
    evaluator()
        .perImage(rows -> store.append(Table.IMAGE_MEASURES, rows))
        .evaluate(Run.start("test"), "bare", List.of("near"), null);
    assertEquals(40, store.read(Table.IMAGE_MEASURES).where("atypicality IS NOT NULL").count());
    assertEquals(40, store.read(Table.IMAGE_MEASURES).where("realism IS NULL").count());
  }

  @Test
  @Tag("nightly")
  void realismAndRarityOfEachImageGoToTheirTable() {
    Evaluator.Result result =
        evaluator()
            .perImage(rows -> store.append(Table.IMAGE_MEASURES, rows))
            .evaluate(Run.start("test"), "real", List.of("near", "far"), null);
    List<Row> rows =
        store.read(Table.IMAGE_MEASURES).orderBy("dataset", "image_id").collectAsList();
    assertEquals(70, rows.size());
    Row copy = rows.get(0);
    assertEquals("far0", copy.getAs("path"));
    assertEquals("far000", copy.getAs("image_id"));
    assertEquals("real", copy.getAs("reference"));
    assertEquals(row(result, "far").get("run_id"), copy.getAs("run_id"));
    assertNotNull(copy.getAs("rarity"));
    assertNull(rows.get(1).getAs("rarity"), "outside the manifold");
    assertTrue(rows.get(1).<Double>getAs("realism") < 1);
    long inside = rows.subList(30, 70).stream().filter(r -> r.getAs("rarity") != null).count();
    assertEquals(row(result, "near").get("precision"), inside / 40.0);
    assertEquals(
        0,
        store
            .read(Table.IMAGE_MEASURES)
            .join(
                store.read(Table.SCORES).withColumnRenamed("as_i", "expected"),
                new String[] {"image_id", "path"},
                "inner")
            .where("as_i <> expected")
            .count());
  }

  /** A reader that takes the schema of any one file, as plain pyarrow does, must find them all. */
  @Test
  @Tag("nightly")
  void everyFileOfImageMeasuresHasEveryColumn() throws IOException {
    evaluator()
        .perImage(rows -> store.append(Table.IMAGE_MEASURES, rows))
        .evaluate(Run.start("test"), "real", List.of("near", "bare"), null);
    evaluator()
        .training("near")
        .perImage(rows -> store.append(Table.IMAGE_MEASURES, rows))
        .evaluate(Run.start("test"), "real", List.of("far"), null);
    store.append(
        Table.IMAGE_MEASURES,
        List.of(
            TableRow.of(Table.IMAGE_MEASURES)
                .withAll(
                    Map.of(
                        "path", "far0",
                        "image_id", "far000",
                        "dataset", "far",
                        "reference", "real",
                        "config_id", "c",
                        "run_id", "r",
                        "as_i", 1.0,
                        "probability_generated", 0.5))
                .toRow()));
    List<String> each = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("image_measures"))) {
      files.map(Path::toString).filter(name -> name.endsWith(".parquet")).forEach(each::add);
    }
    assertTrue(each.size() >= 4, each::toString);
    for (String file : each) {
      assertEquals(
          columns(Table.IMAGE_MEASURES.schema()),
          columns(TestSpark.session().read().parquet(file).schema()),
          file);
    }
  }

  private static List<String> columns(StructType schema) {
    return Stream.of(schema.fields()).map(f -> f.name() + " " + f.dataType().sql()).toList();
  }

  /** Image 0 of each set is image 0 of the training set. */
  @Test
  @Tag("nightly")
  void copiesOfTheTrainingSetAreFound() {
    Evaluator.Result result =
        evaluator()
            .training("near")
            .perImage(rows -> store.append(Table.IMAGE_MEASURES, rows))
            .evaluate(Run.start("test"), "real", List.of("far", "bare"), null);
    TableRow far = row(result, "far");
    assertEquals("near", far.get("training"));
    assertEquals(40L, far.get("n_features_training"));
    assertEquals(29 / 30.0, far.get("authenticity"));
    assertTrue((Double) far.get("reference_authenticity") < 29 / 30.0);
    assertTrue((Double) far.get("ct_score") > 3);
    TableRow bare = row(result, "bare");
    assertNull(bare.get("training"));
    assertNull(bare.get("authenticity"));
    Row copy = store.read(Table.IMAGE_MEASURES).where("path = 'far0'").first();
    assertEquals("near0", copy.getAs("training_path"));
    assertEquals(0.0, copy.<Double>getAs("training_distance"));
    assertEquals(0.0, copy.<Double>getAs("training_ratio"));
    Dataset<Row> others = store.read(Table.IMAGE_MEASURES).where("path <> 'far0'");
    assertEquals(29, others.where("training_ratio > 1 AND training_distance > 1").count());
    assertEquals(20, others.where("training_path IS NULL AND dataset = 'bare'").count());
    String board = Leaderboard.render(result);
    assertTrue(board.contains("Copies of the training set near, 40 images"), board);
    store.append(Table.EVALUATIONS, result.rows().stream().map(TableRow::toRow).toList());
    List<Part.Block> blocks =
        new CopiesPart(TestSpark.session().sessionState().newHadoopConf())
            .read(store, Comparison.read(store, null, null));
    CopiesPart.CopiedSet shown = ((CopiesPart.Model) blocks.get(0).model()).sets().get(0);
    assertEquals(1, blocks.size());
    assertEquals("far", shown.dataset());
    assertEquals(6, shown.pairs().size());
    CopiesPart.Pair first = shown.pairs().get(0);
    assertEquals("near0", first.training().path());
    assertEquals("0.00", first.ratio());
    assertFalse(first.authentic());
    assertTrue(shown.pairs().get(1).authentic());
    assertNotNull(first.generated().fault(), "there is no such file");
  }

  @Test
  @Tag("nightly")
  void aTrainingSetWithoutFeaturesIsToldAndOneNamedTwice() {
    String fault =
        assertThrows(
                UserException.class,
                () ->
                    evaluator()
                        .training("bare")
                        .evaluate(Run.start("test"), "real", List.of("near"), null))
            .getMessage();
    assertTrue(fault.startsWith("Cannot look for copies of 'bare': "), fault);
    assertTrue(fault.contains("features of 0 images, and it takes two. Score it with"), fault);
    fault =
        assertThrows(
                UserException.class,
                () ->
                    evaluator()
                        .training("near")
                        .evaluate(Run.start("test"), "bare", List.of("far"), null))
            .getMessage();
    assertTrue(fault.contains("of data set 'bare' have the features of 0 images"), fault);
    fault =
        assertThrows(
                UserException.class,
                () ->
                    evaluator()
                        .training("real")
                        .evaluate(Run.start("test"), "real", List.of("far"), null))
            .getMessage();
    assertTrue(fault.contains("named twice"), fault);
    fault =
        assertThrows(
                UserException.class,
                () ->
                    new EvaluateRequest(
                        "t",
                        "t",
                        "real",
                        List.of("far"),
                        null,
                        false,
                        false,
                        "near",
                        false,
                        0.05,
                        QUICK))
            .getMessage();
    assertTrue(fault.startsWith("--training compares features"), fault);
  }

  @Test
  void sparkSqlReadsFeatures() {
    Row found =
        TestSpark.session()
            .sql(
                "SELECT size(features) AS dimension, sqrt(aggregate(features, 0D,"
                    + " (sum, x) -> sum + x * x)) AS norm FROM parquet.`"
                    + store.location(Table.SCORES)
                    + "` WHERE path = 'real0'")
            .first();
    assertEquals(4, found.getInt(0));
    assertEquals(1.0, found.getDouble(1));
  }

  /** What the docs/measures.md says of their size, by what a row is longer with them. */
  @Test
  @Tag("nightly")
  void featuresTakeFourBytesANumber() throws IOException {
    double bare = bytes(0);
    for (int dimension : new int[] {64, 384, 2048}) {
      double perNumber = (bytes(dimension) - bare) / 2000 / dimension;
      System.out.printf("%d dimensions: %.2f bytes a number%n", dimension, perNumber);
      assertTrue(perNumber > 3.5 && perNumber < 4.3, () -> dimension + ": " + perNumber);
    }
  }

  private double bytes(int dimension) throws IOException {
    Path out = folder.resolve("size" + dimension);
    TableStore sized = new TableStore(TestSpark.session(), out.toString());
    sized.append(Table.SCORES, rows("real", 2000, 0, Instant.EPOCH, dimension));
    try (Stream<Path> files = Files.walk(out)) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
