package org.anomalyscore.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.anomalyscore.table.FileSwap;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;

/**
 * A command that changes tables: under their lease, as one {@link FileSwap}, in which its own row
 * of {@code runs} is too.
 *
 * @param name of the command, as {@code compact}
 * @param folder of the tables
 * @param dataset that it is about; null for all
 * @param configId that it is about; null for all
 * @param settings what else it was asked for, for its row of {@code runs}
 * @param dryRun whether to look only
 */
record Upkeep(
    String name,
    String folder,
    String dataset,
    String configId,
    Map<String, Object> settings,
    boolean dryRun) {

  /** Tasks that look for files, of which Spark would start one a file. */
  private static final int LISTING_TASKS = 32;

  UpkeepResult run(SparkSession spark, Plan plan) {
    spark.conf().set(SQLConf.PARALLEL_PARTITION_DISCOVERY_PARALLELISM().key(), LISTING_TASKS);
    Run run = Run.start("tables " + name);
    TableStore store = new TableStore(spark, folder);
    requireTables(store);
    List<String> warnings = new ArrayList<>();
    if (dryRun) {
      List<Change> changes = plan.changes(spark, store, warnings);
      return new UpkeepResult(name, true, rows(store, changes, Map.of()), warnings);
    }
    store.requireWritable();
    TableRow row = run.complete(config(), new TreeMap<>(settings)).with("dataset", dataset);
    row.with("status", Run.INTERRUPTED);
    try (Lease lease = store.lease(row, () -> spark.sparkContext().cancelJobGroup(run.id()))) {
      spark.sparkContext().setJobGroup(run.id(), "tables " + name, true);
      store.takeOver(lease);
      try {
        UpkeepResult result = change(spark, plan, store, run, row, lease, warnings);
        lease.release();
        return result;
      } catch (Exception | FSError e) {
        // Not RuntimeException: Scala throws checked exceptions undeclared.
        lease.requireHeld();
        lease.release();
        throw e;
      }
    } finally {
      spark.sparkContext().clearJobGroup();
    }
  }

  /**
   * Works under the lease without a change of these files, and so without a row of {@code runs}.
   *
   * @param name of the command, as {@code verify}
   */
  static <R> R underLease(
      SparkSession spark, TableStore store, String name, Function<Lease, R> work) {
    Run run = Run.start("tables " + name);
    TableRow row = run.complete(Run.ANY_CONFIGURATION, Map.of()).with("status", Run.INTERRUPTED);
    try (Lease lease = store.lease(row, () -> spark.sparkContext().cancelJobGroup(run.id()))) {
      try {
        spark.sparkContext().setJobGroup(run.id(), "tables " + name, true);
        R result = work.apply(lease);
        lease.requireHeld();
        return result;
      } finally {
        lease.release();
      }
    } finally {
      spark.sparkContext().clearJobGroup();
    }
  }

  private String config() {
    return configId == null ? Run.ANY_CONFIGURATION : configId;
  }

  static void requireTables(TableStore store) {
    if (Arrays.stream(Table.values()).noneMatch(store::exists)) {
      throw TableStore.noScores(store.location(), "--tables");
    }
  }

  private UpkeepResult change(
      SparkSession spark,
      Plan plan,
      TableStore store,
      Run run,
      TableRow row,
      Lease lease,
      List<String> warnings) {
    List<Change> changes = plan.changes(spark, store, warnings);
    Map<Table, List<TableFile>> before = new TreeMap<>();
    changes.forEach(change -> before.put(change.table(), store.files(change.table())));
    if (!changes.stream().allMatch(Change::isEmpty)) {
      FileSwap swap = store.swap();
      for (Change change : changes) {
        swap.replace(change.replaced());
        if (change.rows() != null) {
          swap.write(change.table(), change.rows(), change.bytes());
        }
      }
      row.with("status", Run.COMPLETE).with("seconds", run.seconds());
      row.with("outcome", Removed.json(changes));
      swap.write(
          Table.RUNS,
          spark.createDataFrame(List.of(row.toRow()), Table.RUNS.schema()),
          TableFile.ROW_BYTES);
      swap.commit(lease);
    }
    return new UpkeepResult(name, false, rows(store, changes, before), warnings);
  }

  /**
   * What the result says of each table.
   *
   * @param before files of each; empty for a dry run
   */
  private static List<UpkeepResult.Line> rows(
      TableStore store, List<Change> changes, Map<Table, List<TableFile>> before) {
    List<UpkeepResult.Line> lines = new ArrayList<>();
    for (Change change : changes) {
      if (!change.isEmpty()) {
        List<TableFile> now = store.files(change.table());
        List<TableFile> then = before.getOrDefault(change.table(), now);
        lines.add(
            new UpkeepResult.Line(
                change.table().folder(),
                change.rowsRemoved(),
                change.replaced().size(),
                then.size(),
                bytes(then),
                before.isEmpty() ? null : now.size(),
                before.isEmpty() ? null : bytes(now)));
      }
    }
    return lines;
  }

  private static long bytes(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::bytes).sum();
  }
}
