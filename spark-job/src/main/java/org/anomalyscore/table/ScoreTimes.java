package org.anomalyscore.table;

import java.io.Serializable;
import java.sql.Timestamp;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;

/**
 * Which data sets have scores, under which configurations, and when the runs began that computed
 * them: what is asked before any score is read, in one pass over three columns of the table, which
 * are the same in all rows of a file and so cost next to nothing.
 */
public final class ScoreTimes {

  private final TableStore store;
  private final Map<String, Map<String, TreeSet<Timestamp>>> byConfigId = new TreeMap<>();
  private final Map<String, String> models = new TreeMap<>();
  private final Map<List<String>, Long> rows = new HashMap<>();

  /** By configuration and data set: when its last reject was, in microseconds since 1970. */
  private Map<List<String>, Long> rejected;

  private ScoreTimes(TableStore store) {
    this.store = store;
  }

  /** What tells rows apart here. */
  private record Found(String configId, String dataset, String model, long micros)
      implements Serializable {

    static Found of(InternalRow row) {
      return new Found(row.getString(0), row.getString(1), row.getString(2), row.getLong(3));
    }
  }

  /** Reads the table of scores, as it is now. */
  public static ScoreTimes read(TableStore store) {
    ScoreTimes times = new ScoreTimes(store);
    Dataset<Row> scores =
        store.read(Table.SCORES).select("config_id", "dataset", "model", "scored_at");
    // Without SQL's distinct, which would plan and run a shuffle for a handful of rows.
    scores
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .mapPartitions(rows -> List.of(counted(rows)).iterator())
        .collect()
        .forEach(part -> part.forEach(times::add));
    return times;
  }

  private void add(Found found, long itsRows) {
    byConfigId
        .computeIfAbsent(found.configId, id -> new TreeMap<>())
        .computeIfAbsent(found.dataset, name -> new TreeSet<>())
        .add(DateTimeUtils.toJavaTimestamp(found.micros));
    models.put(found.configId, found.model);
    rows.merge(List.of(found.configId, found.dataset), itsRows, Long::sum);
  }

  private static Map<Found, Long> counted(Iterator<InternalRow> rows) {
    Map<Found, Long> counts = new HashMap<>();
    InternalRow last = null;
    long alike = 0;
    while (rows.hasNext()) {
      InternalRow row = rows.next();
      if (!row.equals(last)) {
        count(counts, last, alike);
        last = row.copy();
        alike = 0;
      }
      alike++;
    }
    count(counts, last, alike);
    return counts;
  }

  private static void count(Map<Found, Long> counts, InternalRow row, long alike) {
    if (row != null) {
      counts.merge(Found.of(row), alike, Long::sum);
    }
  }

  /** How many rows data sets have, also those that are not the newest of their path. */
  public long rows(String configId, List<String> datasets) {
    return datasets.stream()
        .mapToLong(dataset -> rows.getOrDefault(List.of(configId, dataset), 0L))
        .sum();
  }

  /** The data sets that have scores under each configuration. */
  Map<String, Set<String>> datasets() {
    Map<String, Set<String>> datasets = new TreeMap<>();
    byConfigId.forEach((configId, times) -> datasets.put(configId, times.keySet()));
    return datasets;
  }

  /** The feature model's name under each configuration. */
  Map<String, String> models() {
    return models;
  }

  /** When the run began that scored a data set last; null where it has no scores. */
  Timestamp newest(String configId, String dataset) {
    SortedSet<Timestamp> times = times(configId, dataset);
    return times.isEmpty() ? null : times.last();
  }

  private SortedSet<Timestamp> times(String configId, String dataset) {
    return byConfigId.getOrDefault(configId, Map.of()).getOrDefault(dataset, new TreeSet<>());
  }

  /**
   * The time of all rows of a data set, where all are current: they are of one run, which writes
   * one row a path, and no image was rejected later. Then nobody need look for each path's newest
   * row.
   *
   * @return null where each path's newest row must be looked for
   */
  Timestamp onlyRun(String configId, String dataset) {
    SortedSet<Timestamp> times = times(configId, dataset);
    boolean only = times.size() == 1 && !isAnyRejectedAfter(times.first(), configId, dataset);
    return only ? times.first() : null;
  }

  /** Read when it is first asked for, once for all data sets. */
  private boolean isAnyRejectedAfter(Timestamp scoredAt, String configId, String dataset) {
    if (rejected == null) {
      rejected = new HashMap<>();
      if (!store.exists(Table.REJECTS)) {
        return false;
      }
      store
          .read(Table.REJECTS)
          .select("config_id", "dataset", "rejected_at")
          .queryExecution()
          .toRdd()
          .toJavaRDD()
          .mapPartitions(rows -> List.of(lastRejects(rows)).iterator())
          .collect()
          .forEach(part -> part.forEach((set, time) -> rejected.merge(set, time, Math::max)));
    }
    Long last = rejected.get(List.of(configId, dataset));
    return last != null && DateTimeUtils.toJavaTimestamp(last).after(scoredAt);
  }

  private static Map<List<String>, Long> lastRejects(Iterator<InternalRow> rows) {
    Map<List<String>, Long> last = new HashMap<>();
    rows.forEachRemaining(
        row -> last.merge(List.of(row.getString(0), row.getString(1)), row.getLong(2), Math::max));
    return last;
  }
}
