package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights on a dozen images, with two models that take less than a second. */
class BenchmarkTest {

  private static final SparkSession SPARK = TestSpark.session();

  @TempDir Path folder;

  @BeforeEach
  void drawImages() throws IOException {
    copyImages("photos");
    copyImages("good");
  }

  private void copyImages(String set) throws IOException {
    Path target = Files.createDirectories(folder.resolve(set));
    for (Path image : TestModels.images()) {
      Files.copy(image, target.resolve(image.getFileName()));
    }
  }

  private List<Benchmark.Night> night(String models, String more) throws IOException {
    Path manifest =
        Files.writeString(
            folder.resolve("nightly.yaml"),
            """
            models: [%s]
            reference: {name: real, images: photos}
            generators:
              - {name: good, images: good, human_error_rate: 0.4, labels: {family: gan}}
            %s
            outputs: {tables: tables}
            batch_size: 4
            resampling: {permutations: 50, resamples: 50}
            """
                .formatted(models, more.stripTrailing()));
    BenchmarkManifest read =
        ManifestReader.read(manifest.toString(), SPARK.sessionState().newHadoopConf());
    return new Benchmark(SPARK, read).run();
  }

  private List<Benchmark.Night> night(String more) throws IOException {
    return night(TestModels.folder().resolve("tiny.pt").toString(), more);
  }

  private List<Row> rows(Table table, String where) {
    return new TableStore(SPARK, folder.resolve("tables").toString())
        .read(table)
        .where(where)
        .collectAsList();
  }

  private JsonNode alerts() throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(Files.readString(folder.resolve("tables/alerts.json")));
  }

  /** Other images under the names of a set's. */
  private void replaceImages(String set) throws IOException {
    Random random = new Random(1);
    try (Stream<Path> files = Files.list(folder.resolve(set))) {
      for (Path file : files.sorted().toList()) {
        BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 256; i++) {
          image.setRGB(i % 16, i / 16, random.nextBoolean() ? 0xffffff : 0);
        }
        ImageIO.write(image, "png", file.toFile());
      }
    }
  }

  @Test
  @Tag("nightly")
  void anUneventfulSecondNightScoresNothingAndRaisesNoAlertUnderEachModel() throws IOException {
    Path tiny = TestModels.folder().resolve("tiny.pt");
    String models = tiny + ", " + tiny.resolveSibling("tiny_map.pt");
    night(models, "");
    assertEquals(48, rows(Table.SCORES, "true").size());
    List<Benchmark.Night> second = night(models, "");
    assertEquals(48, rows(Table.SCORES, "true").size());
    assertEquals(
        List.of("test-tiny", "test-tiny-map"),
        second.stream().map(night -> night.evaluation().model()).toList());
    assertEquals(0, alerts().get("alerts").size());
    assertEquals(2, alerts().get("run_ids").size());
    List<Row> rows = rows(Table.EVALUATIONS, "model = 'test-tiny'");
    assertEquals(2, rows.size());
    assertEquals("file:" + folder + "/good", rows.get(0).getAs("images"));
    assertEquals("file:" + folder + "/photos", rows.get(0).getAs("reference_images"));
    assertEquals(0.4, rows.get(0).<Double>getAs("human_error_rate"));
    assertNull(rows.get(0).getAs("human_error_rate_std_err"));
    assertEquals("{\"family\":\"gan\"}", rows.get(0).getAs("labels"));
    List<Row> runs = rows(Table.RUNS, "command = 'benchmark'");
    assertEquals(4, runs.size());
    assertTrue(runs.get(0).<String>getAs("outcome").startsWith("{\"reference\":\"real\""));
    String board = Files.readString(folder.resolve("tables/leaderboard.txt"));
    assertTrue(board.contains("model test-tiny,") && board.contains("model test-tiny-map,"), board);
  }

  @Test
  void aGeneratorThatGotWorseRaisesAnAlertOnce() throws IOException {
    String threshold = "thresholds: {max_increase: 0.2}";
    night(threshold);
    replaceImages("good");
    Benchmark.Night second = night(threshold).get(0);
    assertEquals(1, second.alerts().size());
    assertEquals("good", second.alerts().get(0).dataset());
    assertEquals("fixed", second.alerts().get(0).rule());
    assertEquals(36, rows(Table.SCORES, "true").size());
    // The old rows of the replaced images are in the table, but not in the evaluation.
    assertEquals(12L, rows(Table.EVALUATIONS, "dataset = 'good'").get(1).<Long>getAs("n"));
    JsonNode alert = alerts().get("alerts").get(0);
    assertEquals("good", alert.get("dataset").asText());
    assertEquals(0.2, alert.get("threshold").asDouble());
    assertEquals(
        alert.get("anomaly_score").asDouble() - alert.get("previous_anomaly_score").asDouble(),
        alert.get("increase").asDouble(),
        1e-15);
    assertTrue(Benchmark.text(List.of(second)).contains("ALERT good became less natural"));
    // Another night without change is no news; images that are gone count no more.
    try (Stream<Path> files = Files.list(folder.resolve("good"))) {
      for (Path file : files.sorted().limit(5).toList()) {
        Files.delete(file);
      }
    }
    Benchmark.Night third = night(threshold).get(0);
    assertEquals(List.of(), third.alerts());
    assertTrue(
        third.evaluation().rows().stream()
            .anyMatch(row -> row.get("dataset").equals("good") && row.get("n").equals(7L)));
  }

  @Test
  void aSetThatFailsTakesNoOtherWithIt() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Path broken = Files.createDirectories(folder.resolve("broken"));
    Files.writeString(broken.resolve("a.png"), "no image");
    copyImages("better");
    copyImages("mixed");
    Files.writeString(folder.resolve("mixed/a.png"), "no image");
    Benchmark.Night night =
        night(
                """
                  - {name: empty, images: empty}
                  - {name: broken, images: broken}
                  - {name: gone, images: gone}
                  - {name: mixed, images: mixed, human_error_rate: 0.1}
                  - {name: better, images: better, human_error_rate: 0.5, std_err: 0.1}
                """)
            .get(0);
    assertEquals(
        List.of("broken", "empty", "gone"), List.copyOf(night.evaluation().failed().keySet()));
    assertTrue(
        night.evaluation().failed().get("broken").startsWith("None of the 1 images"),
        night.evaluation().failed()::toString);
    assertEquals(3, night.evaluation().rows().size());
    assertEquals("1 not_an_image, of 13 images", night.rejects().get("mixed"));
    assertEquals(3, night.correlations().size());
    assertEquals("anomaly_score", night.correlations().get(0).statistic());
    assertEquals(3, alerts().get("failed").size());
    String text = Benchmark.text(List.of(night));
    assertTrue(text.contains("FAILED empty: "), text);
    assertTrue(text.contains("REJECTS mixed: 1 not_an_image"), text);
    assertTrue(text.contains("Correlation with human error rates"), text);
  }

  @Test
  void withoutAReferenceThereIsNoNight() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("photos"))) {
      for (Path file : files.toList()) {
        Files.writeString(file, "no image");
      }
    }
    String message = assertThrows(UserException.class, () -> night("")).getMessage();
    assertTrue(message.startsWith("None of the 12 images of real has a score"), message);
    assertEquals(0, rows(Table.EVALUATIONS, "true").size());
  }
}
