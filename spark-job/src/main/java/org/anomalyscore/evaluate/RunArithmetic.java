package org.anomalyscore.evaluate;

import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * What the score runs of a configuration computed in.
 *
 * @param byStart what a run recorded, by the time at which it began, which its scores bear too;
 *     runs of versions that did not record it are not among them
 */
record RunArithmetic(Map<Timestamp, Set<String>> byStart) {

  static RunArithmetic read(TableStore store, String configId) {
    Map<Timestamp, Set<String>> byStart = new HashMap<>();
    for (Row run :
        store
            .read(Table.RUNS)
            .where(col("command").equalTo("score").and(col("config_id").equalTo(configId)))
            .where(col("arithmetic").isNotNull())
            .select("started_at", "arithmetic")
            .collectAsList()) {
      byStart
          .computeIfAbsent(run.getAs("started_at"), start -> new TreeSet<>())
          .addAll(Json.readTexts(run.getAs("arithmetic")));
    }
    return new RunArithmetic(byStart);
  }

  /** Of the runs that a set's scores are of, as JSON; null where none has recorded it. */
  String of(ScoredSet set) {
    TreeSet<String> all = new TreeSet<>();
    set.scoredAt().forEach(start -> all.addAll(byStart.getOrDefault(start, Set.of())));
    return all.isEmpty() ? null : Json.write(all);
  }
}
