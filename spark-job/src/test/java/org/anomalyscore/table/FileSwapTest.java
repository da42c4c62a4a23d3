package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That readers see a change of the tables as a whole, wherever it is killed. The change puts the
 * rows of two data sets into a file each, without those of the path {@code gone}, and removes a
 * reject.
 */
class FileSwapTest {

  private static final SparkSession SPARK = TestSpark.session();

  private static final List<String> OLD =
      List.of("007 a", "007 gone", "real a", "real b", "real gone", "rejected gone", "rejected r");

  private static final List<String> NEW = List.of("007 a", "real a", "real b", "rejected r");

  /** Changes of files, more than there are. */
  private static final int MANY = 100_000;

  @TempDir Path folder;

  @BeforeEach
  void knowTheScheme() {
    SPARK.conf().set("fs.killed.impl", KilledFileSystem.class.getName());
    SPARK.conf().set("fs.AbstractFileSystem.killed.impl", KilledFileSystem.Context.class.getName());
    SPARK.conf().set("spark.sql.sources.parallelPartitionDiscovery.threshold", "1000");
    KilledFileSystem.LEFT.set(MANY);
  }

  @AfterEach
  void forgetIt() {
    KilledFileSystem.LEFT.set(MANY);
    for (String key :
        List.of(
            "fs.killed.impl",
            "fs.AbstractFileSystem.killed.impl",
            "spark.sql.sources.parallelPartitionDiscovery.threshold")) {
      SPARK.conf().unset(key);
    }
  }

  private static Row reject(String path) {
    return TableRow.of(Table.REJECTS)
        .with("path", path)
        .with("dataset", "real")
        .with("reason", "truncated")
        .with("message", "m")
        .with("config_id", "c")
        .with("run_id", "r")
        .with("rejected_at", Timestamp.from(Instant.EPOCH))
        .toRow();
  }

  private static Path tables(Path root) {
    TableStore store = new TableStore(SPARK, root.toString());
    for (String path : List.of("a", "b", "gone")) {
      store.append(Table.SCORES, List.of(ScoreRows.of("real", path, 0.1, 2).toRow()));
    }
    for (String path : List.of("gone", "a")) {
      store.append(Table.SCORES, List.of(ScoreRows.of("007", path, 0.1, 2).toRow()));
    }
    store.append(Table.REJECTS, List.of(reject("gone"), reject("r")));
    return root;
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  /** What every reader of this program sees. */
  private static List<String> seen(Path root) {
    TableStore store = new TableStore(SPARK, root.toString());
    return Stream.concat(
            store
                .read(Table.SCORES)
                .selectExpr("concat(dataset, ' ', path)")
                .as(Encoders.STRING())
                .collectAsList()
                .stream(),
            store
                .read(Table.REJECTS)
                .selectExpr("concat('rejected ', path)")
                .as(Encoders.STRING())
                .collectAsList()
                .stream())
        .sorted()
        .toList();
  }

  /** What a program sees that reads all files of the folders. */
  private static List<String> listed(Path root) {
    Dataset<Row> scores =
        SPARK.read().schema(Table.SCORES.schema()).parquet(root.resolve("scores").toString());
    return Stream.concat(
            scores
                .selectExpr("concat(dataset, ' ', path)")
                .as(Encoders.STRING())
                .collectAsList()
                .stream(),
            SPARK
                .read()
                .parquet(root.resolve("rejects").toString())
                .selectExpr("concat('rejected ', path)")
                .as(Encoders.STRING())
                .collectAsList()
                .stream())
        .sorted()
        .toList();
  }

  /** The change, on the file system that is killed. */
  private static void change(Path root) throws IOException {
    end(write(root));
  }

  private static void end(FileSwap swap) throws IOException {
    swap.publish();
    swap.finish(() -> {});
  }

  private static FileSwap write(Path root) {
    TableStore store = new TableStore(SPARK, "killed:" + root);
    FileSwap swap = store.swap();
    for (Table table : List.of(Table.SCORES, Table.REJECTS)) {
      List<TableFile> files = store.files(table);
      swap.replace(files);
      swap.write(
          table,
          store.read(table, files).drop(TableFile.COLUMN).where(col("path").notEqual("gone")),
          0);
    }
    return swap;
  }

  private static void recover(Path root) throws IOException {
    Configuration hadoop = SPARK.sessionState().newHadoopConf();
    FileSystem fs = FileSystem.get(root.toUri(), hadoop);
    FileSwap.recover(hadoop, fs, new org.apache.hadoop.fs.Path(root.toString()));
  }

  private static long files(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }

  @Test
  void killedBeforeOrAfterItsCommitNoRowIsLostOrDoubled() throws IOException {
    assertNoRowIsLostOrDoubled(2, 3);
  }

  @Test
  @Tag("nightly")
  void killedAnywhereNoRowIsLostOrDoubled() throws IOException {
    int kept = assertNoRowIsLostOrDoubled(5, 1);
    assertTrue(kept > 7, kept + " kills after the commit");
  }

  /**
   * Kills the change of copies of the tables.
   *
   * @param before how often before the commit
   * @param step of the changes after the commit every so many-th is the last
   * @return how many kills left the new rows
   */
  private int assertNoRowIsLostOrDoubled(int before, int step) throws IOException {
    Path whole = tables(folder.resolve("whole"));
    assertEquals(OLD, seen(whole));
    // How many changes of files there are, and how many of them before the commit.
    Path unharmed = folder.resolve("unharmed");
    copy(whole, unharmed);
    KilledFileSystem.LEFT.set(MANY);
    FileSwap swap = write(unharmed);
    final int writing = MANY - KilledFileSystem.LEFT.get();
    end(swap);
    final int all = MANY - KilledFileSystem.LEFT.get();
    assertEquals(NEW, seen(unharmed));
    assertTrue(all - writing > 10, all + " changes, of which " + writing + " before the commit");
    Map<String, Integer> found = new TreeMap<>();
    for (int changes = 0; changes < all; changes += changes < writing ? writing / before : step) {
      Path root = Files.createDirectories(folder.resolve("killed")).resolve("" + changes);
      copy(whole, root);
      KilledFileSystem.LEFT.set(changes);
      // Spark throws checked exceptions that are not declared.
      assertThrows(Exception.class, () -> end(write(root)), "killed after " + changes);
      KilledFileSystem.LEFT.set(MANY);
      List<String> after = seen(root);
      String state = after.equals(OLD) ? "old" : after.equals(NEW) ? "new" : after.toString();
      found.merge(state, 1, Integer::sum);
      recover(root);
      assertEquals(after, seen(root), "before and after recovery from kill " + changes);
      assertEquals(after, listed(root), "files that wait are gone after kill " + changes);
      assertEquals(state.equals("new") ? 3 : 6, files(root));
      assertFalse(Files.exists(root.resolve("_swap")));
    }
    assertEquals(Set.of("old", "new"), found.keySet());
    return found.get("new");
  }

  /** The recovery of a change that was committed is killed too. */
  @Test
  @Tag("nightly")
  void aRecoveryThatIsKilledIsRecovered() throws IOException {
    Path whole = tables(folder.resolve("whole"));
    Path committed = folder.resolve("committed");
    copy(whole, committed);
    TableStore store = new TableStore(SPARK, committed.toString());
    FileSwap swap = store.swap();
    List<TableFile> files = store.files(Table.SCORES);
    swap.replace(files);
    swap.write(
        Table.SCORES,
        store.read(Table.SCORES, files).drop(TableFile.COLUMN).where("path <> 'gone'"),
        0);
    swap.publish();
    List<String> expected = seen(committed);
    assertEquals(5, expected.size());
    boolean ended = false;
    for (int changes = 0; !ended; changes++) {
      Path root = folder.resolve("recovered" + changes);
      copy(committed, root);
      assertEquals(expected, seen(root));
      KilledFileSystem.LEFT.set(changes);
      Configuration hadoop = SPARK.sessionState().newHadoopConf();
      org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path("killed:" + root);
      try {
        FileSwap.recover(hadoop, path.getFileSystem(hadoop), path);
        ended = true;
      } catch (IOException | UserException e) {
        assertTrue(e.toString().contains("killed"), e::toString);
      }
      KilledFileSystem.LEFT.set(MANY);
      assertEquals(expected, seen(root), "killed after " + changes);
      recover(root);
      assertEquals(expected, seen(root));
      assertEquals(expected, listed(root));
    }
  }

  /** A reader that listed the files before the change either ends as before, or fails. */
  @Test
  void rowsOfAPlanAreNeverOfBoth() throws IOException {
    Path root = tables(folder.resolve("tables"));
    Dataset<Row> begun = new TableStore(SPARK, root.toString()).read(Table.SCORES);
    change(root);
    Exception failed = assertThrows(Exception.class, begun::collectAsList);
    UserException fault = org.anomalyscore.storage.StorageFault.in(failed);
    assertTrue(fault.getMessage().contains("Start this again"), fault::getMessage);
    assertEquals(NEW, seen(root));
  }

  @Test
  void aStateThatIsDamagedIsTold() throws IOException {
    Path root = tables(folder.resolve("tables"));
    Files.writeString(root.resolve("_swap.json"), "{\"id\": ");
    UserException fault = assertThrows(UserException.class, () -> seen(root));
    assertTrue(fault.getMessage().contains("_swap.json"), fault::getMessage);
  }

  @Test
  void emptyPartitionsLeaveNoFolders() throws IOException {
    Path root = tables(folder.resolve("tables"));
    TableStore store = new TableStore(SPARK, root.toString());
    FileSwap swap = store.swap();
    swap.replace(
        store.files(Table.SCORES).stream()
            .filter(file -> file.folder().endsWith("dataset=007"))
            .toList());
    swap.publish();
    swap.finish(() -> {});
    assertFalse(Files.exists(root.resolve("scores/config_id=c/dataset=007")));
    assertTrue(Files.exists(root.resolve("scores/config_id=c/dataset=real")));
  }
}
