package org.anomalyscore.tables;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on the tables of two nights of two data sets, whose names look like others. */
class TablesTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final Instant FIRST = Instant.parse("2026-01-01T02:00:00Z");
  private static final Instant SECOND = Instant.parse("2026-04-01T02:00:00Z");

  private static final List<String> SETS = List.of("007", "2026-01-01", "a b%+c");

  private static final List<String> IMAGES = List.of("kept.png", "new.png", "cut.png");

  /** Holds the images, and the tables that each test has a copy of. */
  @TempDir static Path common;

  private static Path images;

  @TempDir Path folder;

  private TableStore store;

  /**
   * Of each set: kept.png stays, new.png has another content in the second night, lost.png goes.
   */
  @BeforeAll
  static void writeTwoNights() throws IOException {
    images = Files.createDirectories(common.resolve("images"));
    TableStore nights = new TableStore(SPARK, common.resolve("tables").toString());
    for (String set : SETS) {
      night(nights, set, FIRST, List.of("kept.png", "new.png", "lost.png", "cut.png"), List.of());
      night(nights, set, SECOND, List.of("new.png"), List.of("cut.png"));
    }
  }

  @BeforeEach
  void copy() throws IOException {
    for (String name : IMAGES) {
      Files.write(images.resolve(name), new byte[] {1});
    }
    Path from = common.resolve("tables");
    Path to = folder.resolve("tables");
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
    store = new TableStore(SPARK, to.toString());
  }

  private static String path(String image) {
    return "file:" + images.resolve(image);
  }

  private static String runId(String set, Instant at) {
    return at.toString().replaceAll("[-:]", "") + "-" + SETS.indexOf(set);
  }

  private static void night(
      TableStore store, String set, Instant at, List<String> scored, List<String> rejected) {
    String run = runId(set, at);
    for (String image : scored) {
      store.append(
          Table.SCORES,
          List.of(
              ScoreRows.of(set, path(image), 0.1, at.equals(FIRST) ? 1 : 2)
                  .with("run_id", run)
                  .with("scored_at", Timestamp.from(at))
                  .toRow()));
      store.append(
          Table.IMAGE_MEASURES,
          List.of(
              TableRow.of(Table.IMAGE_MEASURES)
                  .with("path", path(image))
                  .with("image_id", image)
                  .with("dataset", set)
                  .with("reference", "real")
                  .with("config_id", "c")
                  .with("run_id", run)
                  .with("as_i", 1.0)
                  .toRow()));
    }
    for (String image : rejected) {
      store.append(
          Table.REJECTS,
          List.of(
              TableRow.of(Table.REJECTS)
                  .with("path", path(image))
                  .with("dataset", set)
                  .with("reason", "truncated")
                  .with("message", "m")
                  .with("config_id", "c")
                  .with("run_id", run)
                  .with("rejected_at", Timestamp.from(at))
                  .toRow()));
    }
    store.append(
        Table.RUNS,
        List.of(
            Run.start("score")
                .complete("c", Map.of("images", images.toString()))
                .with("run_id", run)
                .with("dataset", set)
                .with("started_at", Timestamp.from(at))
                .with("scored", (long) scored.size())
                .with("rejected", (long) rejected.size())
                .toRow()));
  }

  private UpkeepResult run(String name, Plan plan, boolean dryRun) {
    return new Upkeep(name, store.location(), null, null, Map.of(), dryRun).run(SPARK, plan);
  }

  private UpkeepResult delete(String set, Instant before) {
    // As users name folders.
    String relative = Path.of("").toAbsolutePath().relativize(folder.resolve("tables")).toString();
    return new Upkeep("delete", relative, set, null, Map.of(), false)
        .run(SPARK, new Deletion(set, null, before));
  }

  private List<String> rows(Table table) {
    return store
        .read(table)
        .selectExpr("to_json(struct(*))")
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private List<String> current() {
    return CurrentScores.ofEach(store, functions.lit(true))
        .selectExpr(
            "concat_ws(' ', dataset, reverse(substring_index(path, '/', -1)), vulnerability)")
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private void assertWell() {
    VerifyResult verified = Verification.run(SPARK, store.location());
    assertEquals(List.of(), verified.problems());
    assertTrue(verified.runs() == 6 && verified.files() > 3, verified::toString);
  }

  @Test
  void compactionLeavesTheRowsInFewFiles() throws IOException {
    Map<Table, List<String>> before =
        Map.of(
            Table.SCORES, rows(Table.SCORES),
            Table.REJECTS, rows(Table.REJECTS),
            Table.IMAGE_MEASURES, rows(Table.IMAGE_MEASURES));
    List<String> runs = rows(Table.RUNS);
    assertEquals(15, store.files(Table.SCORES).size());
    UpkeepResult dry = run("compact", new Compaction(), true);
    assertEquals(15, store.files(Table.SCORES).size());
    UpkeepResult result = run("compact", new Compaction(), false);
    before.forEach((table, rows) -> assertEquals(rows, rows(table)));
    assertTrue(rows(Table.RUNS).containsAll(runs));
    assertEquals(runs.size() + 1, rows(Table.RUNS).size());
    assertEquals(3, store.files(Table.SCORES).size());
    assertEquals(1, store.files(Table.REJECTS).size());
    assertEquals(dry.lines().size(), result.lines().size());
    assertEquals(15, dry.lines().get(0).filesReplaced());
    assertEquals(3, result.lines().get(0).filesAfter());
    // Nothing to do but for the row of the run itself.
    assertEquals(
        List.of("runs"),
        run("compact", new Compaction(), true).lines().stream()
            .map(UpkeepResult.Line::table)
            .toList());
    assertWell();
    try (Stream<Path> all = Files.list(folder.resolve("tables"))) {
      assertEquals(
          List.of("_swap.json", "image_measures", "rejects", "runs", "scores"),
          all.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aDeletedSetIsGoneFromAllTablesAndTheOthersStay() {
    List<String> others =
        rows(Table.SCORES).stream().filter(row -> !row.contains("a b%+c")).toList();
    UpkeepResult result = delete("a b%+c", null);
    assertEquals(others, rows(Table.SCORES));
    assertFalse(String.join("", rows(Table.REJECTS)).contains("a b%+c"));
    assertFalse(String.join("", rows(Table.IMAGE_MEASURES)).contains("a b%+c"));
    assertEquals(
        List.of("scores 5", "rejects 1", "image_measures 5"),
        result.lines().stream().map(line -> line.table() + " " + line.rowsRemoved()).toList());
    assertWell();
    UpkeepResult again = delete("a b%+c", null);
    assertEquals(List.of(), again.lines());
    assertTrue(again.text().contains("no table of"), again::text);
  }

  @Test
  @Tag("nightly")
  void rowsBeforeADateGoAndTheSetIsNotCompleteThen() {
    delete("007", SECOND);
    assertEquals(
        List.of(runId("007", SECOND)),
        store
            .read(Table.SCORES)
            .where("dataset = '007'")
            .select("run_id")
            .as(Encoders.STRING())
            .collectAsList());
    assertEquals(1, store.read(Table.IMAGE_MEASURES).where("dataset = '007'").count());
    assertWell();
    UserException incomplete =
        assertThrows(
            UserException.class,
            () -> Completeness.require(store, ScoreTimes.read(store), "c", List.of("007"), false));
    assertTrue(incomplete.getMessage().contains("older than a deletion"), incomplete::getMessage);
    Completeness.require(store, ScoreTimes.read(store), "c", List.of("2026-01-01"), false);
  }

  @Test
  @Tag("nightly")
  void expiryRemovesWhatNoAnswerNeeds() {
    final List<String> before = current();
    UpkeepResult result = run("expire", new Expiry(SECOND), false);
    // Of each set the first scores of new.png and of cut.png, and lost.png, which lies nowhere.
    List<String> expected = new ArrayList<>(before);
    expected.removeIf(row -> row.contains("gnp.tsol"));
    assertEquals(before.size() - SETS.size(), expected.size());
    assertEquals(expected, current());
    assertEquals(SETS.size() * 2, rows(Table.SCORES).size());
    // The reject keeps its path from counting.
    assertEquals(SETS.size(), rows(Table.REJECTS).size());
    assertEquals(SETS.size(), rows(Table.IMAGE_MEASURES).size());
    assertEquals(List.of(), result.warnings());
    assertWell();
    assertEquals(List.of(), run("expire", new Expiry(SECOND), true).lines());
  }

  /** Rows of classify and of evaluate replace only their own kind. */
  @Test
  void expiryKeepsTheNewestImageMeasuresOfEachKind() {
    for (int seconds : List.of(30, 60)) {
      store.append(
          Table.IMAGE_MEASURES,
          List.of(
              TableRow.of(Table.IMAGE_MEASURES)
                  .with("path", path("kept.png"))
                  .with("image_id", "kept.png")
                  .with("dataset", "007")
                  .with("reference", "real")
                  .with("config_id", "c")
                  .with("run_id", runId("007", FIRST.plusSeconds(seconds)))
                  .with("as_i", 1.0)
                  .with("probability_generated", 0.5)
                  .toRow()));
    }
    run("expire", new Expiry(SECOND), false);
    assertEquals(
        List.of(runId("007", FIRST.plusSeconds(60))),
        store
            .read(Table.IMAGE_MEASURES)
            .where("probability_generated IS NOT NULL")
            .select("run_id")
            .as(Encoders.STRING())
            .collectAsList());
    assertEquals(SETS.size() + 1, rows(Table.IMAGE_MEASURES).size());
  }

  @Test
  void aFolderThatIsNotThereSaysNothing() throws IOException {
    for (String name : IMAGES) {
      Files.delete(images.resolve(name));
    }
    UpkeepResult result = run("expire", new Expiry(SECOND), false);
    assertTrue(
        result.warnings().get(0).contains("no image is found under " + images),
        result.warnings()::toString);
    assertEquals(SETS.size() * 3, rows(Table.SCORES).size());
  }

  @Test
  void verificationFindsWhatIsWrong() throws IOException {
    Path file = Path.of(store.files(Table.REJECTS).get(0).path().toUri().getPath());
    byte[] bytes = Files.readAllBytes(file);
    Files.delete(file);
    List<String> missing = Verification.run(SPARK, store.location()).problems();
    assertEquals(1, missing.size(), missing::toString);
    assertTrue(missing.get(0).contains("rejected 1 images"), missing::toString);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    VerifyResult damaged = Verification.run(SPARK, store.location());
    assertEquals(1, damaged.problems().size(), damaged::toString);
    assertTrue(damaged.problems().get(0).contains(file.getFileName().toString()));
    assertEquals(ExitCode.BAD_INPUT, damaged.exitCode());
    Files.write(file, bytes);
    night(store, "007", FIRST, List.of("kept.png"), List.of());
    List<String> doubled = Verification.run(SPARK, store.location()).problems();
    assertTrue(
        doubled.get(0).contains("1 images of the data set 007 under c have two rows"),
        doubled::toString);
  }

  @Test
  void theListHasEachSetAndTable() {
    Inventory inventory = Inventory.of(store);
    assertEquals(SETS, inventory.datasets().stream().map(Inventory.Scored::dataset).toList());
    for (Inventory.Scored set : inventory.datasets()) {
      assertEquals(5, set.rows());
      assertEquals(5, set.files());
      assertTrue(set.bytes() > 1000);
      assertEquals(runId(set.dataset(), FIRST), set.firstRun());
      assertEquals(runId(set.dataset(), SECOND), set.lastRun());
    }
    assertEquals(
        List.of("scores 15", "rejects 3", "runs 6", "image_measures 15"),
        inventory.tables().stream().map(table -> table.table() + " " + table.rows()).toList());
    assertTrue(inventory.text().contains("2026-01-01"));
    assertTrue(Json.write(inventory.json()).contains("\"config_id\":\"c\""));
  }

  @Test
  void aCommandBesideARunOfScoreWaitsForNobody() throws IOException {
    TableRow row = Run.start("score").complete("c", Map.of()).with("dataset", "007");
    try (var lease = store.lease(row, () -> {})) {
      UserException held =
          assertThrows(UserException.class, () -> run("compact", new Compaction(), false));
      assertTrue(held.getMessage().contains("is writing to"), held::getMessage);
      assertNotNull(run("compact", new Compaction(), true));
      lease.release();
    }
    assertTrue(Duration.between(FIRST, SECOND).toDays() > 80);
  }

  @Test
  void aFolderWithoutTablesIsTold() {
    String nothing = folder.resolve("nothing").toString();
    UserException fault =
        assertThrows(UserException.class, () -> Inventory.of(new TableStore(SPARK, nothing)));
    assertTrue(fault.getMessage().contains("There are no scores"), fault::getMessage);
  }
}
