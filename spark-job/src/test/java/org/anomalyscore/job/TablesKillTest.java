package org.anomalyscore.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of {@code tables} that are killed at any moment lose and double no row. */
class TablesKillTest {

  private static final int KILLS = 20;

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("compact"),
          List.of("delete", "--dataset", "gan"),
          List.of("expire", "--keep", "1d"));

  @TempDir Path folder;

  private static void write(Path root) {
    TableStore store = new TableStore(TestSpark.session(), root.toString());
    for (int night = 0; night < 6; night++) {
      Timestamp at = Timestamp.from(Instant.EPOCH.plusSeconds(86400L * night));
      List<Row> rows = new ArrayList<>();
      for (String set : List.of("real", "gan")) {
        for (int image = 0; image < 50; image++) {
          rows.add(
              ScoreRows.of(set, "file:/" + set + "/" + image, 0.1 + night, image)
                  .with("scored_at", at)
                  .with("run_id", "r" + night)
                  .toRow());
        }
      }
      store.append(Table.SCORES, rows);
      store.append(
          Table.REJECTS,
          List.of(
              TableRow.of(Table.REJECTS)
                  .with("path", "file:/gan/0")
                  .with("dataset", "gan")
                  .with("reason", "truncated")
                  .with("message", "m")
                  .with("config_id", "c")
                  .with("run_id", "r" + night)
                  .with("rejected_at", at)
                  .toRow()));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  private static List<String> text(Dataset<Row> rows) {
    return rows
        .selectExpr("concat_ws(' ', dataset, path, run_id)")
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private static List<String> seen(Path root) {
    TableStore store = new TableStore(TestSpark.session(), root.toString());
    List<String> seen = new ArrayList<>(text(store.read(Table.SCORES)));
    seen.addAll(text(store.read(Table.REJECTS)));
    return seen;
  }

  private static List<String> listed(Path root) {
    List<String> seen =
        new ArrayList<>(
            text(TestSpark.session().read().parquet(root.resolve("scores").toString())));
    seen.addAll(text(TestSpark.session().read().parquet(root.resolve("rejects").toString())));
    return seen;
  }

  private Process start(Path root, List<String> command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("tables"));
    arguments.addAll(command);
    arguments.addAll(List.of("--tables", root.toString(), "--master", "local[2]"));
    return MainProcess.start(
        folder, folder.resolve(root.getFileName() + ".log"), arguments.toArray(String[]::new));
  }

  /** Until Spark has started and the command begins. */
  private void awaitWork(Process process, Path root) throws IOException, InterruptedException {
    Path log = folder.resolve(root.getFileName() + ".log");
    while (process.isAlive() && !Files.readString(log).contains("anomaly-score: tables ")) {
      Thread.sleep(20);
    }
  }

  private static void takeOver(Path root) {
    TableStore store = new TableStore(TestSpark.session(), root.toString());
    try (var lease = store.lease(Run.start("test").complete("c", Map.of()), () -> {})) {
      store.takeOver(lease);
      lease.release();
    }
  }

  @Test
  @Tag("nightly")
  void noKillLosesOrDoublesARow() throws Exception {
    Path template = folder.resolve("template");
    write(template);
    final List<String> before = seen(template);
    Map<List<String>, List<String>> after = new LinkedHashMap<>();
    Map<List<String>, Long> nanos = new LinkedHashMap<>();
    for (List<String> command : COMMANDS) {
      Path root = folder.resolve("whole-" + command.get(0));
      copy(template, root);
      Process whole = start(root, command);
      awaitWork(whole, root);
      long begin = System.nanoTime();
      assertTrue(whole.waitFor(10, TimeUnit.MINUTES));
      nanos.put(command, System.nanoTime() - begin);
      assertEquals(
          0, whole.exitValue(), Files.readString(folder.resolve(root.getFileName() + ".log")));
      after.put(command, seen(root));
    }
    assertEquals(before, after.get(COMMANDS.get(0)));
    assertNotEquals(before, after.get(COMMANDS.get(1)));
    assertNotEquals(before, after.get(COMMANDS.get(2)));
    Random random = new Random(19);
    Map<String, Integer> states = new TreeMap<>();
    for (int kill = 0; kill < KILLS; kill++) {
      List<String> command = COMMANDS.get(kill % COMMANDS.size());
      Path root = folder.resolve("killed-" + kill);
      copy(template, root);
      Process process = start(root, command);
      awaitWork(process, root);
      long wait = (long) (nanos.get(command) * random.nextDouble());
      boolean ended = process.waitFor(wait, TimeUnit.NANOSECONDS);
      process.destroyForcibly().waitFor();
      boolean waiting = Files.exists(root.resolve("_swap"));
      List<String> found = seen(root);
      String what = "kill " + kill + " of " + command;
      assertTrue(found.equals(before) || found.equals(after.get(command)), what + ": " + found);
      takeOver(root);
      assertEquals(found, seen(root), what);
      assertEquals(found, listed(root), what);
      assertFalse(Files.exists(root.resolve("_swap")), what);
      states.merge(
          command.get(0)
              + (ended ? " ended" : waiting ? " killed amid a change" : " killed")
              + (Files.exists(root.resolve("_swap.json")) ? ", committed" : ", not committed"),
          1,
          Integer::sum);
    }
    System.out.println("Rows lost 0, doubled 0 in " + KILLS + " kills: " + states);
  }
}
