package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.TableFileFault;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Reads the tables under their lease, so that no run writes meanwhile. */
record Verification(SparkSession spark, TableStore store, List<String> problems) {

  private static final int FILES_A_TASK = 16;

  static VerifyResult run(SparkSession spark, String folder) {
    TableStore store = new TableStore(spark, folder);
    Upkeep.requireTables(store);
    List<String> problems = new ArrayList<>(store.leftovers());
    return Upkeep.underLease(
        spark,
        store,
        "verify",
        lease -> {
          for (TableRow dead : lease.interrupted()) {
            problems.add(
                "Run %s (%s) was killed; the next run of score or tables records it."
                    .formatted(dead.get("run_id"), dead.get("command")));
          }
          return new Verification(spark, store, problems).result();
        });
  }

  private VerifyResult result() {
    long files = 0;
    long rows = 0;
    boolean readable = true;
    for (Table table : Table.values()) {
      for (FileRows read : read(store.files(table))) {
        files++;
        rows += read.rows();
        if (read.fault() != null) {
          readable = false;
          problems.add(
              "Cannot read the file %s: %s. %s"
                  .formatted(read.path(), read.fault(), TableFileFault.REMEDY));
        }
      }
    }
    // Spark would stop at a file that cannot be read.
    long runs = readable ? compareCounts() : 0;
    return new VerifyResult(files, rows, runs, problems);
  }

  private List<FileRows> read(List<TableFile> files) {
    if (files.isEmpty()) {
      return List.of();
    }
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(
            files.stream().map(file -> file.path().toString()).toList(),
            (files.size() + FILES_A_TASK - 1) / FILES_A_TASK)
        .map(path -> FileRows.read(path, hadoop.value().value()))
        .collect();
  }

  private long compareCounts() {
    for (Row row :
        store
            .read(Table.SCORES)
            .groupBy("config_id", "dataset", "path", "scored_at")
            .count()
            .where("count > 1")
            .groupBy("config_id", "dataset")
            .count()
            .collectAsList()) {
      problems.add(
          "%,d images of the data set %s under %s have two rows of one run."
              .formatted(row.<Long>getAs("count"), row.getAs("dataset"), row.getAs("config_id")));
    }
    List<Row> runs =
        store
            .read(Table.RUNS)
            .where(col("command").equalTo("score").and(col("status").equalTo(Run.COMPLETE)))
            .select("run_id", "dataset", "scored", "rejected")
            .collectAsList();
    compare(runs, Table.SCORES, "scored");
    compare(runs, Table.REJECTS, "rejected");
    return runs.size();
  }

  private void compare(List<Row> runs, Table table, String counted) {
    Map<String, Long> there = new HashMap<>(Removed.of(store, table));
    for (Row row : store.read(table).groupBy("run_id").count().collectAsList()) {
      there.merge(row.getAs("run_id"), row.<Long>getAs("count"), Long::sum);
    }
    for (Row run : runs) {
      Long expected = run.getAs(counted);
      long found = there.getOrDefault(run.<String>getAs("run_id"), 0L);
      if (expected != null && found != expected) {
        problems.add(
            "Run %s of the data set %s has %s %,d images, and the table %s holds or held %,d rows of it."
                .formatted(
                    run.getAs("run_id"),
                    run.getAs("dataset"),
                    counted,
                    expected,
                    table.folder(),
                    found));
      }
    }
  }
}
