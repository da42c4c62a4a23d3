package org.anomalyscore.table;

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
      TableStore store, ScoreTimes times, String configId, List<String> datasets, boolean allowed) {
    require(store, times, ScoreRuns.read(store, configId), configId, datasets, allowed);
  }

  /**
   * The same where the table of runs is read.
   *
   * @param runs of {@link ScoreRuns#read}
   */
  public static void require(
      TableStore store,
      ScoreTimes times,
      List<Row> runs,
      String configId,
      List<String> datasets,
      boolean allowed) {
    Map<String, String> missing = missing(store, times, runs, configId, datasets);
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

  private static boolean isDeletion(Row run) {
    return Run.DELETION.equals(run.getAs("command"));
  }

  /** Data sets that are not complete, and why. */
  private static Map<String, String> missing(
      TableStore store, ScoreTimes times, List<Row> runs, String configId, List<String> datasets) {
    Map<String, String> status = new HashMap<>();
    Map<String, Timestamp> recorded = new HashMap<>();
    for (Row row :
        // A set may be scored folder by folder; each folder's last run counts.
        NewestRun.rows(
            runs.stream().filter(run -> !isDeletion(run)).toList(),
            "started_at",
            "dataset",
            "images")) {
      status.merge(
          row.getAs("dataset"), row.getAs("status"), (a, b) -> a.equals(Run.COMPLETE) ? b : a);
      recorded.merge(row.getAs("dataset"), row.getAs("started_at"), (a, b) -> a.after(b) ? a : b);
    }
    for (String dataset : datasets) {
      // A run that could not write its row shows only in its scores.
      Timestamp newest = times.newest(configId, dataset);
      if (recorded.containsKey(dataset) && newest != null && newest.after(recorded.get(dataset))) {
        status.put(dataset, "not recorded: it may have failed on a full disk");
      }
    }
    for (Row deletion : runs) {
      Timestamp last = recorded.get(deletion.<String>getAs("dataset"));
      if (isDeletion(deletion)
          && last != null
          && deletion.<Timestamp>getAs("started_at").after(last)) {
        status.put(deletion.getAs("dataset"), "older than a deletion of its rows");
      }
    }
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
