package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The changes that docs/nightly.md describes, each made on tables of a few images. */
@Tag("nightly")
class ProceduresTest {

  private static final SparkSession SPARK = TestSpark.session();
  private static final Path TINY = TestModels.folder().resolve("tiny.pt");

  @TempDir Path folder;

  @BeforeEach
  void drawImages() throws IOException {
    images("photos", 0);
    images("gan", 2);
  }

  /** Some of the images, so that sets differ. */
  private void images(String set, int without) throws IOException {
    Path target = Files.createDirectories(folder.resolve(set));
    for (Path image : TestModels.images().stream().skip(without).toList()) {
      Files.copy(image, target.resolve(image.getFileName()));
    }
  }

  private List<BenchmarkNight> night(String models, String reference, String generators)
      throws IOException {
    Path manifest =
        Files.writeString(
            folder.resolve("nightly.yaml"),
            """
            models: [%s]
            reference: %s
            generators: [%s]
            outputs: {tables: tables}
            batch_size: 4
            resampling: {permutations: 20, resamples: 20}
            """
                .formatted(models, reference, generators));
    return new Benchmark(
            SPARK, ManifestReader.read(manifest.toString(), SPARK.sessionState().newHadoopConf()))
        .run();
  }

  private static final String REAL = "{name: real, images: photos}";

  private List<BenchmarkNight> night(String generators) throws IOException {
    return night(TINY.toString(), REAL, generators);
  }

  private static List<String> states(List<BenchmarkNight> nights) {
    return nights.stream()
        .flatMap(night -> night.states().stream())
        .map(row -> row.get("model") + " " + row.get("dataset") + " " + row.get("state"))
        .toList();
  }

  private static TableRow only(List<BenchmarkNight> nights) {
    assertEquals(1, nights.get(0).states().size());
    return nights.get(0).states().get(0);
  }

  private void deleteTable(Table table) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("tables").resolve(table.folder()))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The table of alerts is not there, and evaluations lack the medians, as an older version. */
  @Test
  void upgrade() throws IOException {
    night("{name: gan, images: gan}");
    List<Row> old =
        new TableStore(SPARK, folder.resolve("tables").toString())
            .read(Table.EVALUATIONS)
            .collectAsList();
    deleteTable(Table.ALERTS);
    deleteTable(Table.EVALUATIONS);
    SPARK
        .createDataFrame(old, Table.EVALUATIONS.schema())
        .drop(
            "median_complexity",
            "reference_median_complexity",
            "median_vulnerability",
            "reference_median_vulnerability")
        .write()
        .parquet(folder.resolve("tables/evaluations").toString());
    TableRow row = only(night("{name: gan, images: gan}"));
    assertEquals("ok", row.get("state"));
    assertEquals(1L, row.get("baseline_nights"));
    assertEquals(row.get("anomaly_score"), row.get("baseline"));
  }

  @Test
  void anotherModelBesideTheOldOne() throws IOException {
    night("{name: gan, images: gan}");
    String both = TINY + ", " + TINY.resolveSibling("tiny_map.pt");
    assertEquals(
        List.of("test-tiny gan ok", "test-tiny-map gan new"),
        states(night(both, REAL, "{name: gan, images: gan}")));
    assertEquals(
        List.of("test-tiny-map gan ok"),
        states(
            night(
                TINY.resolveSibling("tiny_map.pt").toString(), REAL, "{name: gan, images: gan}")));
  }

  @Test
  void anotherReference() throws IOException {
    night("{name: gan, images: gan}");
    images("photos2", 1);
    String other = "{name: real2, images: photos2}";
    TableRow row = only(night(TINY.toString(), other, "{name: gan, images: gan}"));
    assertEquals("new", row.get("state"));
    assertEquals("real2", row.get("reference"));
    assertEquals("ok", only(night("{name: gan, images: gan}")).get("state"));
  }

  @Test
  void backfill() throws IOException {
    for (int night = 1; night <= 3; night++) {
      images("gan-" + night, night + 1);
      night("{name: gan, images: gan-%d}".formatted(night));
    }
    TableRow row = only(night("{name: gan, images: gan}"));
    assertEquals(3L, row.get("baseline_nights"));
    assertTrue(List.of("ok", "regressed").contains(row.get("state")), row.asMap()::toString);
  }

  @Test
  void aGeneratorLeaves() throws IOException {
    images("ddpm", 1);
    night("{name: gan, images: gan}, {name: ddpm, images: ddpm}");
    assertEquals(
        List.of("test-tiny gan ok", "test-tiny ddpm stale"),
        states(night("{name: gan, images: gan}")));
  }
}
