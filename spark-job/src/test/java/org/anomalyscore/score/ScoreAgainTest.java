package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ModelOpener;
import org.anomalyscore.measure.OpenedModel;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a run does with what earlier runs left: it goes on, and computes nothing twice. */
class ScoreAgainTest extends ScoreJobFixture {

  @Test
  void whatAKilledRunLeftIsFoundAndFinished() throws IOException {
    run(job("whole"));
    run(job("out").sliceImages(4));
    // As after a kill in a job commit: a part of the rows, scratch files, a work list, a lease.
    List<Path> parts;
    try (Stream<Path> files = Files.walk(folder.resolve("out/scores"))) {
      parts = files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
    long lost = SPARK.read().parquet(parts.get(0).toString()).count();
    assertTrue(lost > 0);
    Files.delete(parts.get(0));
    Files.createDirectories(folder.resolve("out/scores/_temporary/7/task"));
    Files.createDirectories(folder.resolve("out/_work/old"));
    TableStore store = new TableStore(SPARK, folder.resolve("out").toString());
    String configId = rows("out", Table.SCORES).get(0).getAs("config_id");
    TableRow killed =
        Run.start("score")
            .row()
            .with("status", Run.INTERRUPTED)
            .with("dataset", "set")
            .with("config_id", configId)
            .with("configuration", "{}");
    store.lease(killed, () -> {}).close();
    ScoreResult second = run(job("out"));
    assertEquals(lost, second.scored());
    assertEquals(12 - lost, second.alreadyScored());
    assertEquals(numbers("whole"), numbers("out"));
    assertFalse(Files.exists(folder.resolve("out/scores/_temporary")));
    assertFalse(Files.exists(folder.resolve("out/_work/old")));
    assertEquals(
        List.of("complete", "complete", "interrupted"),
        store.read(Table.RUNS).select("status").as(Encoders.STRING()).collectAsList().stream()
            .sorted()
            .toList());
  }

  @Test
  void aSecondRunBesideAnotherStops() throws IOException {
    TableStore store = new TableStore(SPARK, folder.resolve("out").toString());
    store.requireWritable();
    TableRow first =
        Run.start("score")
            .row()
            .with("status", Run.INTERRUPTED)
            .with("dataset", "set")
            .with("config_id", "c")
            .with("configuration", "{}");
    try (Lease lease = store.lease(first, () -> {})) {
      String message = assertThrows(UserException.class, () -> run(job("out"))).getMessage();
      assertTrue(message.contains("Another run"), message);
      lease.release();
    }
    assertEquals(12, run(job("out")).scored());
  }

  @Test
  void aRunThatFailsSaysSoInTheTable() {
    ScoreRequest.Builder wrong =
        ScoreRequest.of(
            images.toString(),
            "set",
            EngineOptions.of(TestModels.folder().resolve("tiny.pt").toString()),
            folder.resolve("out").toString());
    // A file where the folder of the rejects belongs.
    assertTrue(folder.resolve("out").toFile().mkdirs());
    assertTrue(
        org.junit.jupiter.api.Assertions.assertDoesNotThrow(
            () -> folder.resolve("out/rejects").toFile().createNewFile()));
    String message = assertThrows(UserException.class, () -> run(wrong)).getMessage();
    assertTrue(message.contains("is a file, and a table is a folder"), message);
    Row run = new TableStore(SPARK, folder.resolve("out").toString()).read(Table.RUNS).first();
    assertEquals("failed", run.getAs("status"));
    assertFalse(Files.exists(folder.resolve("out/_lease.1")));
  }

  @Test
  void aSecondRunScoresOnlyWhatIsMissing() throws IOException {
    Path late = images.resolve("a/mid_waves.png");
    byte[] bytes = Files.readAllBytes(late);
    Files.delete(late);
    assertEquals(11, run(job("out")).scored());
    List<List<Object>> before = numbers("out");
    Files.write(late, bytes);
    ScoreResult second = run(job("out"));
    assertEquals(1, second.scored());
    assertEquals(11, second.alreadyScored());
    assertTrue(numbers("out").containsAll(before));
    assertEquals(12, numbers("out").size());
    assertEquals(0, run(job("out")).scored());
    assertEquals(12, numbers("out").size());
  }

  @Test
  @Tag("nightly")
  void aModelIsTriedOnlyWhereThereIsSomethingToScore() throws IOException {
    run(job("out"));
    ModelFile model = ModelOpener.open(SPARK, TINY);
    AtomicInteger trials = new AtomicInteger();
    Supplier<OpenedModel> refused =
        () ->
            new OpenedModel(
                model,
                () -> {
                  trials.incrementAndGet();
                  throw new UserException("The model is refused");
                });
    assertEquals(12, new ScoreJob(job("out").build()).run(SPARK, refused).alreadyScored());
    assertEquals(0, trials.get());
    List<List<Object>> before = numbers("out");
    Files.copy(images.resolve("a/bright.png"), images.resolve("a/new.png"));
    ScoreJob more = new ScoreJob(job("out").build());
    String message = assertThrows(UserException.class, () -> more.run(SPARK, refused)).getMessage();
    assertEquals("The model is refused", message);
    assertEquals(before, numbers("out"));
    ScoreJob first = new ScoreJob(job("other").build());
    assertThrows(UserException.class, () -> first.run(SPARK, refused));
    assertEquals(2, trials.get());
    TableStore other = new TableStore(SPARK, folder.resolve("other").toString());
    assertFalse(other.exists(Table.RUNS), "a wrong model of a new set leaves no table");
    assertEquals(1, run(job("out")).scored());
  }

  @Test
  void aTouchedFileIsNotCountedTwiceAndAChangedOneIsScoredAgain() throws IOException {
    run(job("out"));
    Path file = images.resolve("a/bright.png");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    assertEquals(0, run(job("out")).scored());
    Files.write(file, Files.readAllBytes(images.resolve("a/dark.png")));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(120)));
    assertEquals(1, run(job("out")).scored());
    assertEquals(13, numbers("out").size());
  }

  @Test
  @Tag("nightly")
  void aSecondSetInOneFolderIsComputedOnce() throws IOException {
    run(job("out"));
    Files.writeString(images.resolve("text.png"), "this is not an image");
    ScoreResult second =
        run(
            ScoreRequest.of(
                images.toString(),
                "other",
                EngineOptions.of(TestModels.folder().resolve("tiny.pt").toString()),
                folder.resolve("out").toString()));
    assertEquals(12, second.scored());
    assertEquals(0, second.alreadyScored());
    // What is read from the outcomes after the table has grown must still be there.
    assertTrue(second.medianComplexityFloor() > 0.005, "" + second.medianComplexityFloor());
    assertEquals(1, rows("out", Table.REJECTS).size());
  }

  @Test
  @Tag("nightly")
  void aFileThatGetsItsOldBytesBackIsScoredAsThose() throws IOException {
    run(job("out"));
    Path file = images.resolve("a/bright.png");
    byte[] old = Files.readAllBytes(file);
    Files.write(file, Files.readAllBytes(images.resolve("a/dark.png")));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    assertEquals(1, run(job("out")).scored());
    Files.write(file, old);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(120)));
    assertEquals(1, run(job("out")).scored());
  }

  @Test
  @Tag("nightly")
  void aFileWithoutAScoreOfItsNewBytesCountsOnlyWhenItHasOneAgain() throws IOException {
    ScoreResult first = run(job("out"));
    Path file = images.resolve("a/bright.png");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    assertEquals(
        1,
        run(job("out", new EngineOptions(TINY.model(), 4, Devices.Mode.AUTO, 1)))
            .rejectedByReason()
            .get("too_large"));
    assertEquals(11, currentScores(first.configId()));
    // The same bytes again: a row of its own, newer than the reject.
    assertEquals(1, run(job("out")).scored());
    assertEquals(12, currentScores(first.configId()));
  }

  private long currentScores(String configId) {
    TableStore store = new TableStore(SPARK, folder.resolve("out").toString());
    return CurrentScores.of(store, configId, "set", null).count();
  }

  @Test
  @Tag("nightly")
  void anotherConfigurationStandsApart() {
    ScoreResult paper = run(job("out"));
    ScoreResult authors = run(job("out").parameters(ScoreParameters.AUTHORS_CODE));
    assertNotEquals(paper.configId(), authors.configId());
    assertEquals(12, authors.scored());
    assertEquals(24, numbers("out").size());
  }
}
