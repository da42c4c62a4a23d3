package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.FeatureSample;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.KeptOutput;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a run of score writes, and what it refuses. */
class ScoreJobTest extends ScoreJobFixture {

  @Test
  void scoresHaveTheSameBitsInAnyPartitioning() {
    run(job("one").partitions(1));
    run(job("three").partitions(3));
    run(job("eight").partitions(8));
    assertEquals(12, numbers("one").size());
    assertEquals(numbers("one"), numbers("three"));
    assertEquals(numbers("one"), numbers("eight"));
  }

  @Test
  void slicesGiveTheSameBitsAsOneAndLeaveNothingBehind() throws IOException {
    run(job("one"));
    ScoreResult sliced = run(job("sliced").sliceImages(4));
    assertEquals(12, sliced.scored());
    assertEquals(numbers("one"), numbers("sliced"));
    // Three commits of three slices, and nothing of the work list, the lease or scratch folders.
    try (Stream<Path> files = Files.list(folder.resolve("sliced"))) {
      assertEquals(
          List.of("rejects", "runs", "scores"),
          files
              .map(file -> file.getFileName().toString())
              .filter(n -> !n.equals("_work"))
              .sorted()
              .toList());
    }
    for (String table : List.of("scores", "runs")) {
      assertFalse(Files.exists(folder.resolve("sliced").resolve(table).resolve("_temporary")));
    }
    assertEquals(3, rowFiles("sliced").size(), "each slice commits one file");
  }

  private List<Path> rowFiles(String out) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(out).resolve("scores"))) {
      return files
          .filter(file -> file.getFileName().toString().matches("part-.*\\.parquet"))
          .toList();
    }
  }

  @Test
  void manyPartitionsAreOneFileSortedByPath() throws IOException {
    run(job("many").partitions(8).featureFraction(1.0));
    assertEquals(1, rowFiles("many").size());
    List<String> paths =
        SPARK
            .read()
            .parquet(rowFiles("many").get(0).toString())
            .select("path")
            .as(Encoders.STRING())
            .collectAsList();
    assertEquals(paths.stream().sorted().toList(), paths);
    assertEquals(12, paths.size());
  }

  @Test
  void rowsCarryTheirImageAndOrigin() {
    ScoreResult result = run(job("out").featureFraction(1.0));
    assertEquals(12, result.scored());
    for (Row row : rows("out", Table.SCORES)) {
      double asI = row.<Double>getAs("vulnerability") / row.<Double>getAs("complexity");
      assertEquals(asI, row.<Double>getAs("as_i"));
      assertEquals(result.runId(), row.getAs("run_id"));
      assertEquals("test-tiny", row.getAs("model"));
      assertEquals("set", row.getAs("dataset"));
      assertEquals(16, row.getList(row.fieldIndex("features")).size());
      if (row.<String>getAs("path").endsWith("shapes_20x31.png")) {
        assertEquals(20, row.<Integer>getAs("width"));
        assertEquals(31, row.<Integer>getAs("height"));
      }
    }
    Row run = new TableStore(SPARK, folder.resolve("out").toString()).read(Table.RUNS).first();
    assertEquals(12L, run.<Long>getAs("scored"));
    assertEquals("2.7.1", run.getAs("pytorch_version"));
    assertEquals("4.0.1", run.getAs("spark_version"));
    String arithmetic = run.getAs("arithmetic");
    assertTrue(
        arithmetic.matches(
            "\\[\"float32, cpu (NO AVX|AVX2|AVX512) \\w+, PyTorch 2.7.1, batches of \\d+\"]"),
        arithmetic);
    assertTrue(run.<String>getAs("configuration").contains("\"noiseStep\":0.01"));
  }

  @Test
  @Tag("nightly")
  void whatElseTheCardNamesIsKeptBesideFeatures() throws IOException {
    EngineOptions outputs =
        EngineOptions.of(TestModels.folder().resolve("tiny_outputs.pt").toString())
            .withBatchSize(4);
    run(job("out", outputs).featureFraction(0.5));
    FeatureSample sample = new FeatureSample(0.5, 0);
    for (Row row : rows("out", Table.SCORES)) {
      boolean kept = sample.holds(row.getAs("image_id"));
      for (KeptOutput output : KeptOutput.values()) {
        assertEquals(kept, row.getAs(output.column()) != null, output.column());
      }
      if (kept) {
        List<Float> features = row.getList(row.fieldIndex("features"));
        List<Float> logits = row.getList(row.fieldIndex("logits"));
        assertEquals(4, logits.size());
        assertEquals(10 * features.get(0), logits.get(0), 1e-5);
        assertEquals(3 * 8 * 8, row.getList(row.fieldIndex("spatial_features")).size());
      }
    }
    // Columns that would be all NULL are not written.
    run(job("bare", outputs));
    run(job("features").featureFraction(1.0));
    assertEquals(List.of(), written("bare"));
    assertEquals(List.of("features"), written("features"));
    assertEquals(List.of("features", "logits", "spatial_features"), written("out"));
  }

  private List<String> written(String out) throws IOException {
    List<String> columns = List.of(SPARK.read().parquet(rowFiles(out).get(0).toString()).columns());
    return Arrays.stream(KeptOutput.values())
        .map(KeptOutput::column)
        .filter(columns::contains)
        .toList();
  }

  private List<String> withFeatures(String out) {
    return rows(out, Table.SCORES).stream()
        .filter(row -> row.getAs("features") != null)
        .map(row -> row.<String>getAs("image_id"))
        .sorted()
        .toList();
  }

  @Test
  void featuresOfAFractionAreOfTheSameImagesOnAnyPartitioning() {
    ScoreResult first = run(job("out").featureFraction(0.5).partitions(1));
    run(job("other").featureFraction(0.5).partitions(5).sliceImages(4));
    List<String> expected = half("out");
    assertTrue(expected.size() > 0 && expected.size() < 12, expected::toString);
    assertEquals(expected, withFeatures("out"));
    assertEquals(expected, withFeatures("other"));
    assertEquals(expected.size(), first.featuresKept());
    assertEquals(0, first.scoredBeforeWithoutFeatures());
  }

  @Test
  @Tag("nightly")
  void imagesThatWereScoredWithoutFeaturesBeforeAreCounted() {
    run(job("out").featureFraction(0.5));
    List<String> expected = half("out");
    assertTrue(run(job("out")).warnings().isEmpty());
    ScoreResult all = run(job("out").featureFraction(1.0));
    assertEquals(0, all.featuresKept());
    assertEquals(12 - expected.size(), all.scoredBeforeWithoutFeatures());
    assertTrue(all.text().contains("were scored before without --features"), all.text());
    assertTrue(Json.write(all.json()).contains("\"scored_before_without_features\":"), all.text());
    assertEquals(expected, withFeatures("out"));
  }

  /** The images that are in a sample of one half. */
  private List<String> half(String out) {
    FeatureSample sample = new FeatureSample(0.5, 0);
    return rows(out, Table.SCORES).stream()
        .map(row -> row.<String>getAs("image_id"))
        .filter(sample::holds)
        .sorted()
        .toList();
  }

  @Test
  void aFractionOfFeaturesIsAboveZeroAndAtMostOne() {
    for (double wrong : new double[] {0, -0.1, 1.5, Double.NaN}) {
      String message =
          assertThrows(UserException.class, () -> job("out").featureFraction(wrong)).getMessage();
      assertTrue(message.contains("--features is " + wrong), message);
    }
  }

  @Test
  void anOutputFolderThatCannotBeIsToldBeforeTheWork() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    String message = assertThrows(UserException.class, () -> run(job("file/out"))).getMessage();
    assertTrue(message.contains("--out"), message);
    assertTrue(
        assertThrows(UserException.class, () -> run(job("o[1]"))).getMessage().contains("pattern"));
  }

  @Test
  void tablesAmongTheImagesAreRefused() {
    String message = assertThrows(UserException.class, () -> run(job("images/out"))).getMessage();
    assertTrue(message.contains("beside the images"), message);
    assertTrue(
        assertThrows(UserException.class, () -> run(job("images"))).getMessage().contains("--out"));
    // Only the name begins alike.
    assertEquals(12, run(job("images2")).scored());
  }

  @Test
  @Tag("nightly")
  void rowsOfSeveralDrawsSayHowSureTheyAre() {
    run(job("out"));
    String[] errors = {"complexity_std_err", "vulnerability_std_err", "as_i_std_err"};
    for (Row row : rows("out", Table.SCORES)) {
      for (String error : errors) {
        assertNull(row.getAs(error), "one draw says nothing of its error");
      }
    }
    ScoreParameters two =
        ScoreParameters.PAPER.with(Parameter.NOISE_DRAWS, 2).with(Parameter.ATTACK_DRAWS, 3);
    run(job("more").parameters(two));
    List<Row> rows = rows("more", Table.SCORES);
    assertEquals(12, rows.size());
    for (Row row : rows) {
      double c = row.<Double>getAs("complexity");
      double v = row.<Double>getAs("vulnerability");
      double ofC = row.<Double>getAs(errors[0]);
      double ofV = row.<Double>getAs(errors[1]);
      assertTrue(ofC > 0 && ofC < c && ofV > 0 && ofV < v, row.toString());
      assertEquals(v / c, row.<Double>getAs("as_i"));
      double relative = Math.sqrt(Math.pow(ofC / c, 2) + Math.pow(ofV / v, 2));
      assertEquals(relative, row.<Double>getAs(errors[2]) / (v / c), 1e-12);
    }
  }

  @Test
  void badImagesAreRejectedAndTheRestIsScored() throws IOException {
    byte[] good = Files.readAllBytes(images.resolve("a/shapes_64x48.png"));
    Files.write(images.resolve("empty.png"), new byte[0]);
    Files.writeString(images.resolve("text.png"), "this is not an image");
    Files.write(images.resolve("cut.png"), java.util.Arrays.copyOf(good, good.length / 2));
    ScoreResult result =
        run(job("out", new EngineOptions(TINY.model(), 4, Devices.Mode.AUTO, 2000)));
    assertEquals(11, result.scored());
    Map<String, String> reasons =
        rows("out", Table.REJECTS).stream()
            .collect(
                Collectors.toMap(
                    row -> Path.of(row.<String>getAs("path")).getFileName().toString(),
                    row -> row.getAs("reason")));
    assertEquals(
        Map.of(
            "empty.png", "empty",
            "text.png", "not_an_image",
            "cut.png", "too_large",
            "shapes_64x48.png", "too_large"),
        reasons);
    assertTrue(result.tooManyRejects());
    assertFalse(run(job("out2").failAboveRejectFraction(0.5)).tooManyRejects());
    assertEquals("truncated", rows("out2", Table.REJECTS).get(0).getAs("reason"));
    // What is bad for good is not tried again; the limit of size may have changed.
    ScoreResult again =
        run(job("out", new EngineOptions(TINY.model(), 4, Devices.Mode.AUTO, 2000)));
    assertEquals(2, again.alreadyRejected());
    assertEquals(Map.of("too_large", 2L), again.rejectedByReason());
    assertTrue(again.tooManyRejects());
    assertEquals(6, rows("out", Table.REJECTS).size());
    Files.write(images.resolve("text.png"), good);
    Files.setLastModifiedTime(
        images.resolve("text.png"), FileTime.from(Instant.now().plusSeconds(60)));
    assertEquals(2, run(job("out")).scored());
  }

  @Test
  void degenerateImagesAreRejectedNotScored() {
    ScoreResult result =
        run(
            ScoreRequest.of(
                images.toString(),
                "set",
                EngineOptions.of(TestModels.folder().resolve("nan_when_dark.pt").toString()),
                folder.resolve("out").toString()));
    long degenerate = result.rejectedByReason().get("degenerate");
    assertTrue(degenerate > 0);
    assertEquals(12 - degenerate, result.scored());
    for (Row row : rows("out", Table.SCORES)) {
      assertTrue(Double.isFinite(row.<Double>getAs("as_i")));
    }
  }

  @Test
  void wrongValuesAreTold() {
    for (Runnable wrong :
        List.<Runnable>of(
            () -> EngineOptions.of("model").withBatchSize(0),
            () -> ScoreRequest.of("images", "a,b", EngineOptions.of("model"), "out"),
            () -> job("out").partitions(-1),
            () -> new EngineOptions("model", null, Devices.Mode.AUTO, 0),
            () -> job("out").failAboveRejectFraction(1.5),
            () -> job("out").failAboveRejectFraction(Double.NaN))) {
      String message = assertThrows(UserException.class, wrong::run).getMessage();
      assertTrue(message.startsWith("--") && message.contains("Give"), message);
    }
  }
}
