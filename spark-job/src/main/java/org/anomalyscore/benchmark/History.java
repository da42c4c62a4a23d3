package org.anomalyscore.benchmark;

import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The earlier nights of a generator under one model and against one reference.
 *
 * @param all nights that it was evaluated in, oldest first
 * @param nights those of them from the last acknowledgement on
 * @param good those of them that raised no alert, or whose alert was acknowledged
 * @param last its state in the last night that knew it; null if none did
 * @param since the first night of an alert that is open; null if none is
 * @param byTrend whether a trend raised that alert
 */
record History(
    List<EvaluatedNight> all,
    List<EvaluatedNight> nights,
    List<EvaluatedNight> good,
    AlertState last,
    Instant since,
    boolean byTrend) {

  /** The rule of an alert that no night's score raised. */
  static final String TREND = "trend";

  static final History NONE = new History(List.of(), List.of(), List.of(), null, null, false);

  /** A state that a night left. */
  record Judged(String runId, Instant at, AlertState state, Instant since, boolean byTrend) {

    static Judged of(Row row) {
      Timestamp since = row.getAs("since");
      return new Judged(
          row.getAs("run_id"),
          row.<Timestamp>getAs("evaluated_at").toInstant(),
          AlertState.of(row.<String>getAs("state")),
          since == null ? null : since.toInstant(),
          TREND.equals(row.getAs("rule")));
    }
  }

  boolean isOpen() {
    return since != null;
  }

  /** The nights that a trend is looked for in: those of a jump up and back are no part of one. */
  List<EvaluatedNight> ofTrend() {
    return isOpen() && byTrend
        ? nights.stream().filter(n -> good.contains(n) || !n.at().isBefore(since)).toList()
        : good;
  }

  /**
   * Puts a generator's nights and their states together. An acknowledgement makes the nights of its
   * alert good, and those before it no longer count: what it became is its new normal.
   *
   * @param evaluated in any order
   * @param judged in any order
   */
  static History of(List<EvaluatedNight> evaluated, List<Judged> judged) {
    Judged acknowledged = null;
    Set<String> alerted = new HashSet<>();
    AlertState last = null;
    Instant since = null;
    boolean byTrend = false;
    for (Judged one : judged.stream().sorted(Comparator.comparing(Judged::at)).toList()) {
      if (one.state == AlertState.ACKNOWLEDGED) {
        acknowledged = one;
        alerted.clear();
        since = null;
        byTrend = false;
        continue;
      }
      last = one.state;
      if (one.state.isAlert()) {
        alerted.add(one.runId);
      }
      if (one.state.isEvaluated()) {
        since = one.state.isAlert() ? one.since : null;
        byTrend = one.state.isAlert() && one.byTrend;
      }
    }
    Instant begin = acknowledged == null ? Instant.MIN : acknowledged.since;
    List<EvaluatedNight> all =
        evaluated.stream().sorted(Comparator.comparing(EvaluatedNight::at)).toList();
    List<EvaluatedNight> nights =
        all.stream().filter(night -> !night.at().isBefore(begin)).toList();
    return new History(
        all,
        nights,
        nights.stream().filter(night -> !alerted.contains(night.runId())).toList(),
        last,
        since,
        byTrend);
  }

  /**
   * Reads the histories of all generators.
   *
   * @param referenceImages the path of the reference's images: other images are another reference
   * @return by data set
   */
  static Map<String, History> read(
      TableStore store, String configId, String reference, String referenceImages) {
    Column same = col("config_id").equalTo(configId).and(col("reference").equalTo(reference));
    // What a night that was killed may have written is no past.
    Dataset<Row> ended =
        store.read(Table.RUNS).where(col("command").equalTo("benchmark")).select("run_id");
    Map<String, List<EvaluatedNight>> evaluated = new TreeMap<>();
    for (Row row :
        store
            .read(Table.EVALUATIONS)
            .where(same.and(col("reference_images").eqNullSafe(referenceImages)))
            .join(ended, new String[] {"run_id"}, "left_semi")
            .collectAsList()) {
      evaluated
          .computeIfAbsent(row.getAs("dataset"), set -> new ArrayList<>())
          .add(EvaluatedNight.of(row));
    }
    Dataset<Row> alerts = store.read(Table.ALERTS).where(same);
    Column isAcknowledgement = col("state").equalTo(AlertState.ACKNOWLEDGED.text());
    Map<String, List<Judged>> judged = new TreeMap<>();
    for (Row row :
        alerts
            .where(isAcknowledgement)
            .unionByName(alerts.join(ended, new String[] {"run_id"}, "left_semi"))
            .collectAsList()) {
      judged.computeIfAbsent(row.getAs("dataset"), set -> new ArrayList<>()).add(Judged.of(row));
    }
    Set<String> sets = new HashSet<>(evaluated.keySet());
    sets.addAll(judged.keySet());
    Map<String, History> histories = new TreeMap<>();
    for (String set : sets) {
      histories.put(
          set, of(evaluated.getOrDefault(set, List.of()), judged.getOrDefault(set, List.of())));
    }
    return histories;
  }
}
