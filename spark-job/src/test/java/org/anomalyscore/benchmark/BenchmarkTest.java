package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.anomalyscore.TestSpark;
import org.anomalyscore.command.ExitCode;
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

  private static final String TINY = TestModels.folder().resolve("tiny.pt").toString();

  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(Path.of("../conf/alerts.schema.json").toUri());

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

  private BenchmarkManifest manifest(String models, String more) throws IOException {
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
    return ManifestReader.read(manifest.toString(), SPARK.sessionState().newHadoopConf());
  }

  private Benchmark benchmark(String models, String more) throws IOException {
    return new Benchmark(SPARK, manifest(models, more));
  }

  private List<BenchmarkNight> night(String models, String more) throws IOException {
    return benchmark(models, more).run();
  }

  private List<BenchmarkNight> night(String more) throws IOException {
    return night(TINY, more);
  }

  private List<Row> rows(Table table, String where) {
    return new TableStore(SPARK, folder.resolve("tables").toString())
        .read(table)
        .where(where)
        .collectAsList();
  }

  private JsonNode alerts() throws IOException {
    JsonNode alerts =
        JsonMapper.builder()
            .build()
            .readTree(Files.readString(folder.resolve("tables/alerts.json")));
    assertEquals(Set.of(), SCHEMA.validate(alerts));
    return alerts;
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
    List<BenchmarkNight> second = night(models, "");
    assertEquals(48, rows(Table.SCORES, "true").size());
    assertEquals(
        List.of("test-tiny", "test-tiny-map"),
        second.stream().map(night -> night.evaluation().model()).toList());
    assertEquals("{\"ok\":2}", alerts().get("states").toString());
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
  void aGeneratorThatGotWorseIsAnAlert() throws IOException {
    String more = "thresholds: {max_increase: 0.2}";
    Notifier nobody = Notifier.of(null, name -> null);
    assertEquals(ExitCode.DONE, benchmark(TINY, more).runAndTell(nobody).exitCode());
    replaceImages("good");
    BenchmarkResult second = benchmark(TINY, more).runAndTell(nobody);
    assertEquals(ExitCode.ALERT, second.exitCode());
    assertTrue(second.text().contains("ALERT good became less natural"), second::text);
    assertEquals("regressed", alerts().get("generators").get(0).get("state").asText());
  }

  @Test
  @Tag("nightly")
  void aGeneratorThatGotWorseIsNotForgottenUntilItIsAcknowledged() throws IOException {
    Path told = folder.resolve("told.json");
    String more =
        "thresholds: {max_increase: 0.2}\nnotify: {command: [sh, -c, 'cat > %s; : s3cr3t']}"
            .formatted(told);
    Notifier nobody = Notifier.of(null, name -> null);
    BenchmarkResult first = benchmark(TINY, more).runAndTell(nobody);
    assertEquals(ExitCode.DONE, first.exitCode());
    assertEquals("new", alerts().get("generators").get(0).get("state").asText());
    replaceImages("good");
    BenchmarkManifest.Notification tell = manifest(TINY, more).notification();
    BenchmarkResult second = benchmark(TINY, more).runAndTell(Notifier.of(tell, name -> null));
    assertEquals(ExitCode.ALERT, second.exitCode());
    assertEquals(36, rows(Table.SCORES, "true").size());
    // The old rows of the replaced images are in the table, but not in the evaluation.
    assertEquals(12L, rows(Table.EVALUATIONS, "dataset = 'good'").get(1).<Long>getAs("n"));
    JsonNode alert = alerts().get("generators").get(0);
    assertEquals("good", alert.get("dataset").asText());
    assertEquals("regressed", alert.get("state").asText());
    assertEquals("new", alert.get("previous_state").asText());
    assertEquals(0.2, alert.get("threshold").asDouble());
    assertEquals(
        alert.get("anomaly_score").asDouble() - alert.get("baseline").asDouble(),
        alert.get("increase").asDouble(),
        1e-15);
    assertTrue(second.text().contains("ALERT good became less natural"), second::text);
    assertTrue(second.text().contains("Tonight: 1 regressed."), second::text);
    assertEquals(Files.readString(folder.resolve("tables/alerts.json")), Files.readString(told));
    // Another night without change is the same alert; images that are gone count no more.
    try (Stream<Path> files = Files.list(folder.resolve("good"))) {
      for (Path file : files.sorted().limit(5).toList()) {
        Files.delete(file);
      }
    }
    BenchmarkResult third = benchmark(TINY, more).runAndTell(nobody);
    assertEquals(ExitCode.ALERT, third.exitCode());
    assertTrue(
        third.nights().get(0).evaluation().rows().stream()
            .anyMatch(row -> row.get("dataset").equals("good") && row.get("n").equals(7L)));
    assertTrue(third.text().contains("ALERT good is less natural under test-tiny since "));
    assertEquals(1, benchmark(TINY, more).acknowledge("good").size());
    String again =
        assertThrows(UserException.class, () -> benchmark(TINY, more).acknowledge("good"))
            .getMessage();
    assertTrue(again.startsWith("There is nothing to acknowledge: good has no open"), again);
    assertEquals(ExitCode.DONE, benchmark(TINY, more).runAndTell(nobody).exitCode());
    assertEquals(
        List.of("new", "regressed", "still_regressed", "acknowledged", "ok"),
        rows(Table.ALERTS, "true").stream()
            .sorted(Comparator.comparing(row -> row.<Timestamp>getAs("evaluated_at")))
            .map(row -> row.<String>getAs("state"))
            .toList());
    try (Stream<Path> files = Files.list(folder.resolve("tables"))) {
      assertEquals(
          4, files.filter(f -> f.getFileName().toString().matches("alerts-2.*json")).count());
    }
    assertEquals(
        0, rows(Table.RUNS, "configuration LIKE '%s3cr3t%' OR outcome LIKE '%s3cr3t%'").size());
  }

  @Test
  @Tag("nightly")
  void aSetThatFailsTakesNoOtherWithIt() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Path broken = Files.createDirectories(folder.resolve("broken"));
    Files.writeString(broken.resolve("a.png"), "no image");
    copyImages("better");
    copyImages("mixed");
    Files.writeString(folder.resolve("mixed/a.png"), "no image");
    BenchmarkNight night =
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
    assertEquals(
        List.of("anomaly_score", "energy_distance", "ks_complexity", "ks_vulnerability"),
        night.correlations().stream().map(found -> found.statistic()).toList());
    assertEquals("{\"failed\":3,\"new\":3}", alerts().get("states").toString());
    String text = BenchmarkNight.text(List.of(night));
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
