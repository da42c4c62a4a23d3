package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.max;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.storage.UserException;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the table holds all images of its data sets. A data set is complete if the last score run
 * on it from each --images, under the same configuration, ended well: the table of a killed run
 * holds right rows, but a part of them only.
 */
public final class Completeness {

  private static final Logger LOG = LoggerFactory.getLogger(Completeness.class);

  private Completeness() {}

  /**
   * Refuses data sets that are not complete.
   *
   * @param allowed takes them as they are, with a warning
   */
  public static void require(
      TableStore store, String configId, List<String> datasets, boolean allowed) {
    Map<String, String> missing = missing(store, configId, datasets);
    if (missing.isEmpty()) {
      return;
    }
    if (!allowed) {
      throw new UserException(
          "Not all images of these data sets are scored: "
              + missing
              + ". Run score again with the same arguments, which scores only what is missing, or"
              + " evaluate what is there with --allow-incomplete.");
    }
    LOG.warn("Using data sets that are not complete: {}", missing);
  }

  /** When the run began that scored last; a run that could not write its row shows only here. */
  private static Map<String, Timestamp> newestScores(
      TableStore store, String configId, List<String> datasets) {
    Map<String, Timestamp> newest = new HashMap<>();
    for (Row row :
        store
            .read(Table.SCORES)
            .where(col("config_id").equalTo(configId).and(col("dataset").isin(datasets.toArray())))
            .groupBy("dataset")
            .agg(max("scored_at").as("scored_at"))
            .collectAsList()) {
      newest.put(row.getAs("dataset"), row.getAs("scored_at"));
    }
    return newest;
  }

  /** When rows were last deleted of each data set. */
  private static Map<String, Timestamp> deletions(TableStore store, String configId) {
    Map<String, Timestamp> newest = new HashMap<>();
    for (Row row :
        store
            .read(Table.RUNS)
            .where(
                col("command")
                    .equalTo(Run.DELETION)
                    .and(col("status").equalTo(Run.COMPLETE))
                    .and(col("config_id").isin(configId, Run.ANY_CONFIGURATION)))
            .groupBy("dataset")
            .agg(max("started_at").as("started_at"))
            .collectAsList()) {
      newest.put(row.getAs("dataset"), row.getAs("started_at"));
    }
    return newest;
  }

  /** Data sets that are not complete, and why. */
  private static Map<String, String> missing(
      TableStore store, String configId, List<String> datasets) {
    Map<String, String> status = new HashMap<>();
    Map<String, Timestamp> recorded = new HashMap<>();
    for (Row row :
        // A set may be scored folder by folder; each folder's last run counts.
        NewestRun.rows(
                store
                    .read(Table.RUNS)
                    .where(col("command").equalTo("score").and(col("config_id").equalTo(configId)))
                    .withColumn("images", get_json_object(col("configuration"), "$.images")),
                "started_at",
                "dataset",
                "images")
            .collectAsList()) {
      status.merge(
          row.getAs("dataset"), row.getAs("status"), (a, b) -> a.equals(Run.COMPLETE) ? b : a);
      recorded.merge(row.getAs("dataset"), row.getAs("started_at"), (a, b) -> a.after(b) ? a : b);
    }
    newestScores(store, configId, datasets)
        .forEach(
            (dataset, newest) -> {
              if (recorded.containsKey(dataset) && newest.after(recorded.get(dataset))) {
                status.put(dataset, "not recorded: it may have failed on a full disk");
              }
            });
    deletions(store, configId)
        .forEach(
            (dataset, deleted) -> {
              if (recorded.containsKey(dataset) && deleted.after(recorded.get(dataset))) {
                status.put(dataset, "older than a deletion of its rows");
              }
            });
    for (TableRow run : store.unfinishedRuns()) {
      String underWay = "not finished: it is under way or was killed";
      if (run.get("config_id") == null) {
        datasets.forEach(dataset -> status.put(dataset, underWay));
      } else if (configId.equals(run.get("config_id"))) {
        status.put((String) run.get("dataset"), underWay);
      }
    }
    Map<String, String> missing = new TreeMap<>();
    for (String dataset : datasets) {
      String last = status.get(dataset);
      if (last == null) {
        missing.put(dataset, "no run of it is recorded");
      } else if (!last.equals(Run.COMPLETE)) {
        missing.put(dataset, "its last run is " + last);
      }
    }
    return missing;
  }
}
