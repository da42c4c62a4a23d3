package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packaged job: the README's demo by the script, then its commands on that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Order(2)
class EndToEndIT {

  private static final List<String> FAULTY = List.of("blurred", "checkerboard", "broken-geometry");

  @TempDir static Path folder;

  private JobProcess.Result demo;
  private Path tables;
  private Path images;
  private String model;

  @BeforeAll
  void runTheDemo() throws Exception {
    Demo shared = Demo.once();
    demo = shared.run();
    tables = shared.tables();
    images = shared.images();
    model = shared.model().toString();
  }

  @Test
  void theDemoEndsWithALeaderboardAndItsTables() {
    List<String> board = demo.out().lines().filter(line -> line.startsWith("| ")).toList();
    assertEquals(5, board.size(), demo::toString);
    assertTrue(board.get(1).startsWith("| fresh-draws"), demo::toString);
    for (String table : List.of("scores", "runs", "evaluations")) {
      assertTrue(demo.out().contains(tables.resolve(table).toString()), demo::toString);
      assertTrue(Files.isDirectory(tables.resolve(table)));
    }
    assertTrue(demo.err().contains("images/s"), "a progress bar on standard error");
  }

  @Test
  void evaluatePrintsOneJsonObject() throws Exception {
    JobProcess.Result result =
        WarmJob.run(
            "evaluate",
            "--scores",
            tables.toString(),
            "--reference",
            "reference",
            "--generated",
            String.join(",", FAULTY) + ",fresh-draws",
            "--out",
            folder.resolve("evaluated").toString(),
            "--json");
    assertEquals(0, result.exitCode(), result::toString);
    JsonNode json = JsonMapper.builder().build().readTree(result.out());
    assertEquals("reference", json.get("reference").get("dataset").asText());
    assertEquals(4, json.get("generators").size());
    for (JsonNode generator : json.get("generators")) {
      double score = generator.get("anomaly_score").asDouble();
      double nullLevel = generator.get("null_q95").asDouble();
      assertEquals(FAULTY.contains(generator.get("dataset").asText()), score > nullLevel);
      assertTrue(generator.get("anomaly_score_low").asDouble() <= score);
      assertTrue(generator.get("anomaly_score_high").asDouble() >= score);
    }
    assertEquals("fresh-draws", json.get("generators").get(0).get("dataset").asText());
    assertTrue(json.get("generators").get(0).get("p_value").asDouble() > 0.05);
    assertTrue(Files.isDirectory(folder.resolve("evaluated/evaluations")));
  }

  @Test
  void explainTakesTheWorstImagesAndDrawsThem() throws Exception {
    Path out = folder.resolve("explained");
    JobProcess.Result result =
        WarmJob.run(
            "explain",
            "--scores",
            tables.toString(),
            "--dataset",
            "broken-geometry",
            "--top",
            "2",
            "--model",
            model,
            "--profile",
            "repeatable",
            "--out",
            out.toString(),
            "--seeds",
            "2",
            "--json");
    assertEquals(0, result.exitCode(), result::toString);
    JsonNode json = JsonMapper.builder().build().readTree(result.out());
    assertEquals(0, json.get("failed").size(), result::toString);
    assertEquals(2, json.get("images").size(), result::toString);
    int pieces = 0;
    for (JsonNode image : json.get("images")) {
      pieces += image.get("superpixels").asInt();
      assertTrue(Files.size(Path.of(image.get("overlay").asText())) > 0);
      double first = image.get("top").get(0).get("coefficient").asDouble();
      assertTrue(first >= image.get("top").get(1).get("coefficient").asDouble());
    }
    assertEquals(
        List.of("[" + pieces + ",2,80]"),
        Tables.sql(
            "SELECT count(*), count(DISTINCT path), max(trials) FROM {0}",
            out.resolve("attributions")));
  }

  @Test
  @Tag("nightly")
  void sweepMeasuresASampleAsScoreDid() throws Exception {
    Path out = folder.resolve("swept");
    JobProcess.Result result =
        WarmJob.run(
            "sweep",
            "--reference",
            images.resolve("reference").toString(),
            "--generated",
            images.resolve("blurred").toString(),
            "--model",
            model,
            "--out",
            out.toString(),
            "--sample",
            "8",
            "--noise-step",
            "0.03",
            "--attack-steps",
            "3",
            "--seeds",
            "0,1",
            "--json");
    assertEquals(0, result.exitCode(), result::toString);
    JsonNode json = JsonMapper.builder().build().readTree(result.out());
    assertEquals(8, json.get("sets").get("blurred").get("sampled").asInt(), result::toString);
    assertTrue(json.get("passes").asLong() < json.get("naive_passes").asLong());
    // Two values of each parameter, the profile's among them, under two seeds.
    assertEquals(8, json.get("rows").size(), result::toString);
    assertEquals(
        List.of("[8,0.01,10.0,complete]"),
        Tables.sql(
            "SELECT count(*), any_value(profile_value) FILTER (WHERE parameter = 'noise_step'),"
                + " any_value(profile_value) FILTER (WHERE parameter = 'attack_steps'),"
                + " (SELECT status FROM {1}) FROM {0}",
            out.resolve("sweeps"), out.resolve("runs")));
    // The profile's rows against scores of the same images; a batch may have other company. The
    // demo's own scores are of several draws.
    Path paper = folder.resolve("paper");
    JobProcess.Result scored =
        WarmJob.run(score(images.resolve("blurred").toString(), model, paper.toString()));
    assertEquals(0, scored.exitCode(), scored::toString);
    assertEquals(
        List.of("[2,true,true]"),
        Tables.sql(
            """
            SELECT count(*), bool_and(abs(mean_complexity / c - 1) < 1e-6),
              bool_and(abs(mean_vulnerability / v - 1) < 1e-6)
            FROM {0} JOIN (
              SELECT config_id, avg(complexity) AS c, avg(vulnerability) AS v FROM (
                SELECT * FROM {1} ORDER BY image_id LIMIT 8)
              GROUP BY config_id) USING (config_id)
            """,
            out.resolve("sweeps"), paper.resolve("scores")));
  }

  @Test
  @Tag("nightly")
  void sparkSubmitGivesTheSameScoresAndTooManyRejectsGiveExitCode4() throws Exception {
    Path mixed = Files.createDirectories(folder.resolve("mixed"));
    List<Path> some = new ArrayList<>();
    try (Stream<Path> files = Files.list(images.resolve("blurred"))) {
      some.addAll(files.sorted().limit(9).toList());
    }
    for (Path image : some) {
      Files.copy(image, mixed.resolve(image.getFileName()));
    }
    Files.writeString(mixed.resolve("broken.png"), "no image");
    String out = folder.resolve("submitted").toString();
    String[] arguments = {
      "score",
      "--images",
      mixed.toString(),
      "--dataset",
      "mixed",
      "--model",
      model,
      "--profile",
      "repeatable",
      "--out",
      out,
      "--json"
    };
    JobProcess.Result result = JobProcess.sparkSubmit(arguments).run();
    assertEquals(4, result.exitCode(), result::toString);
    JsonNode json = JsonMapper.builder().build().readTree(result.out());
    assertEquals(10, json.get("found").asInt());
    assertEquals(9, json.get("scored").asInt());
    assertEquals(1, json.get("rejected_by_reason").get("not_an_image").asInt());
    assertEquals(
        Tables.sql(
            "SELECT image_id, complexity, vulnerability FROM {0} WHERE image_id IN"
                + " (SELECT image_id FROM {1}) ORDER BY image_id",
            tables.resolve("scores"), Path.of(out, "scores")),
        Tables.sql(
            "SELECT image_id, complexity, vulnerability FROM {0} ORDER BY image_id",
            Path.of(out, "scores")));
  }

  @Test
  void faultsOfTheUserAreToldWithoutAStackTrace() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    String out = folder.resolve("none").toString();
    assertFault(3, "no-such-model.pt", score(images.toString(), "no-such-model.pt", out));
    assertFault(3, "no-such-folder", score("no-such-folder", model, out));
    assertFault(3, empty.toString(), score(empty.toString(), model, out));
    assertFault(
        3,
        "No configuration",
        "evaluate",
        "--scores",
        tables.toString(),
        "--reference",
        "reference",
        "--generated",
        "unknown");
    assertFault(2, "--images", "score", "--dataset", "x");
    assertFault(2, "no profile", append(score("x", "y", out), "--profile", "fast"));
    assertFault(3, "--batch-size is 0", append(score("x", "y", out), "--batch-size", "0"));
  }

  @Test
  @Tag("nightly")
  void aBenchmarkAlertsWhenAGeneratorGotWorse() throws Exception {
    Path night = Files.createDirectories(folder.resolve("night"));
    replaceImages("fresh-draws", night.resolve("gan"), Demo.GENERATED);
    Path manifest =
        Files.writeString(
            night.resolve("nightly.yaml"),
            """
            models: [%s]
            reference: {name: reference, images: %s}
            generators:
              - {name: gan, images: gan}
              - {name: missing, images: nowhere}
            outputs: {tables: tables}
            """
                .formatted(model, images.resolve("reference")));
    JobProcess.Result first = WarmJob.run("benchmark", "--manifest", manifest.toString());
    assertEquals(3, first.exitCode(), first::toString);
    assertTrue(first.out().contains("FAILED missing: "), first::toString);

    Files.writeString(manifest, Files.readString(manifest).replace("missing", "blurred"));
    Files.writeString(
        manifest,
        Files.readString(manifest).replace("nowhere", images.resolve("blurred").toString()));
    replaceImages("broken-geometry", night.resolve("gan"), Demo.GENERATED);
    JobProcess.Result second =
        WarmJob.run("benchmark", "--manifest", manifest.toString(), "--json");
    assertEquals(5, second.exitCode(), second::toString);
    JsonNode alerts =
        JsonMapper.builder().build().readTree(second.out()).get("models").get(0).get("alerts");
    assertEquals(1, alerts.size(), second::toString);
    assertEquals("gan", alerts.get(0).get("dataset").asText());
    assertTrue(Files.readString(night.resolve("tables/alerts.json")).contains("\"gan\""));

    Files.writeString(manifest, Files.readString(manifest) + "batch_sise: 4\n");
    assertFault(
        3, "line 7: there is no key 'batch_sise'", "benchmark", "--manifest", "" + manifest);
  }

  /** Puts a set's first images into a folder, under names of the folder's own. */
  private void replaceImages(String set, Path target, int count) throws IOException {
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(images.resolve(set))) {
      int i = 0;
      for (Path file : files.sorted().limit(count).toList()) {
        Files.copy(file, target.resolve(i++ + ".png"), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  private static String[] score(String images, String model, String out) {
    return new String[] {
      "score", "--images", images, "--dataset", "d", "--model", model, "--out", out
    };
  }

  private static String[] append(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  private static void assertFault(int exitCode, String part, String... arguments)
      throws IOException {
    JobProcess.Result result = WarmJob.run(arguments);
    assertEquals(exitCode, result.exitCode(), result::toString);
    assertTrue(result.err().contains(part), result::toString);
    assertTrue(result.out().isEmpty(), result::toString);
    assertFalse(result.err().contains("\tat "), result::toString);
  }
}
