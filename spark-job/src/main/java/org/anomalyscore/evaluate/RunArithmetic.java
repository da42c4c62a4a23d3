package org.anomalyscore.evaluate;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.ScoreRuns;
import org.apache.spark.sql.Row;

/**
 * What the score runs of a configuration computed in.
 *
 * @param byStart what a run recorded, by the time at which it began, which its scores bear too;
 *     runs of versions that did not record it are not among them
 */
record RunArithmetic(Map<Timestamp, Set<String>> byStart) {

  /**
   * Takes what runs recorded.
   *
   * @param runs of {@link ScoreRuns#read}
   */
  static RunArithmetic of(List<Row> runs) {
    Map<Timestamp, Set<String>> byStart = new HashMap<>();
    for (Row run : runs) {
      String arithmetic = run.getAs("arithmetic");
      if (arithmetic != null) {
        byStart
            .computeIfAbsent(run.getAs("started_at"), start -> new TreeSet<>())
            .addAll(Json.readTexts(arithmetic));
      }
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
