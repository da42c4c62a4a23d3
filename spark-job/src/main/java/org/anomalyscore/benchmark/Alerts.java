package org.anomalyscore.benchmark;

import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.anomalyscore.stats.FalseDiscoveryRate;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;

/**
 * What a night says of each generator, under all models at once: a test of its score against its
 * baseline and three tests for a trend each, of which those with a q-value up to the false
 * discovery rate raise an alert. So where nothing changed, a night raises any alert at most with
 * this probability.
 */
final class Alerts {

  /** At this rate of its own tests alone, an alert that is open stays open. */
  private static final double STAYS = 0.05;

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);

  private final BenchmarkManifest.Thresholds thresholds;

  Alerts(BenchmarkManifest.Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /** A generator that was evaluated tonight under one model. */
  record Case(String dataset, String model, EvaluatedNight tonight, History history) {}

  /**
   * What the tests of a case gave.
   *
   * @param baseline null where there is none
   * @param level the p-value of its score against the baseline; NaN where there is none
   */
  private record Tested(Case of, Baseline baseline, double level, Trend trend) {

    /** The p-values that alerts go by. */
    double[] p(boolean levelCounts) {
      return new double[] {
        levelCounts ? level : Double.NaN,
        trend.scoreP(),
        trend.complexityP(),
        trend.vulnerabilityP()
      };
    }

    double increase() {
      return baseline == null ? Double.NaN : of.tonight.score() - baseline.score();
    }
  }

  /**
   * Judges all generators of a night under all models.
   *
   * @return in the same order what {@code alerts} keeps of it, without the columns of the run
   */
  List<TableRow> of(List<Case> cases) {
    List<Tested> tested = cases.stream().map(this::test).toList();
    double[] p = tested.stream().flatMapToDouble(t -> Arrays.stream(p(t))).toArray();
    double[] q = FalseDiscoveryRate.qValues(p);
    List<TableRow> rows = new ArrayList<>();
    for (int i = 0; i < tested.size(); i++) {
      rows.add(
          row(tested.get(i), Arrays.copyOfRange(q, 4 * i, 4 * i + 4), threshold(tested, p, i)));
    }
    return rows;
  }

  private Tested test(Case one) {
    Baseline baseline = Baseline.of(thresholds.baselineRule(), one.history, one.tonight);
    return new Tested(
        one,
        baseline,
        baseline == null ? Double.NaN : baseline.p(one.tonight),
        Trend.of(thresholds.trendNights(), one.history, one.tonight));
  }

  private boolean isFixed() {
    return thresholds.maxIncrease() != null;
  }

  private double[] p(Tested tested) {
    return tested.p(!isFixed());
  }

  /**
   * The increase above which this case would have raised an alert, the others being as they are.
   */
  private double threshold(List<Tested> tested, double[] p, int i) {
    Tested one = tested.get(i);
    if (one.baseline == null) {
      return Double.NaN;
    }
    if (isFixed()) {
      return thresholds.maxIncrease();
    }
    if (Double.isNaN(one.level)) {
      return Double.NaN;
    }
    double[] would = p.clone();
    would[4 * i] = 0;
    double[] q = FalseDiscoveryRate.qValues(would);
    long found = DoubleStream.of(q).filter(x -> x <= thresholds.alertFdr()).count();
    long tests = DoubleStream.of(p).filter(x -> !Double.isNaN(x)).count();
    return one.baseline.increaseOf(thresholds.alertFdr() * found / tests, one.of.tonight);
  }

  private TableRow row(Tested tested, double[] q, double threshold) {
    History history = tested.of.history;
    EvaluatedNight tonight = tested.of.tonight;
    boolean level = isFixed() ? tested.increase() > threshold : q[0] <= thresholds.alertFdr();
    boolean trend = Arrays.stream(q).skip(1).anyMatch(x -> x <= thresholds.alertFdr());
    AlertState state = state(tested, level, trend);
    TableRow row =
        TableRow.of(Table.ALERTS)
            .with("dataset", tested.of.dataset)
            .with("model", tested.of.model)
            .with("state", state.text())
            .with("previous_state", history.last() == null ? null : history.last().text())
            .with("since", state.isAlert() ? since(state, history, tonight) : null)
            .with("n", tonight.n())
            .with("anomaly_score", tonight.score())
            .with("baseline_rule", thresholds.baselineRule().text())
            .with("increase", tested.increase())
            .with("threshold", threshold)
            .with("rule", rule(state, history, level))
            .with("p_value", tested.level)
            .with("q_value", q[0])
            .with("trend_nights", (long) tested.trend.nights())
            .with("trend_slope", tested.trend.slope())
            .with("trend_p_anomaly_score", tested.trend.scoreP())
            .with("trend_q_anomaly_score", q[1])
            .with("trend_p_complexity", tested.trend.complexityP())
            .with("trend_q_complexity", q[2])
            .with("trend_p_vulnerability", tested.trend.vulnerabilityP())
            .with("trend_q_vulnerability", q[3])
            .with("fdr", thresholds.alertFdr());
    if (tested.baseline != null) {
      row.with("baseline", tested.baseline.score())
          .with("baseline_nights", (long) tested.baseline.draws())
          .with("baseline_run_id", tested.baseline.runId());
    }
    return row.with("message", message(tested, state, level, q, threshold));
  }

  private AlertState state(Tested tested, boolean level, boolean trend) {
    History history = tested.of.history;
    if (tested.baseline == null) {
      return AlertState.NEW;
    }
    if (level || trend) {
      return history.isOpen() ? AlertState.STILL_REGRESSED : AlertState.REGRESSED;
    }
    if (!history.isOpen()) {
      return AlertState.OK;
    }
    // That this one changed is known, so that the other generators no longer count.
    double[] own = p(tested);
    double[] q = FalseDiscoveryRate.qValues(history.byTrend() ? own : Arrays.copyOf(own, 1));
    return Arrays.stream(q).anyMatch(x -> x <= STAYS)
        ? AlertState.STILL_REGRESSED
        : AlertState.RECOVERED;
  }

  private String rule(AlertState state, History history, boolean level) {
    boolean byTrend =
        state == AlertState.REGRESSED
            ? !level
            : state == AlertState.STILL_REGRESSED && history.byTrend();
    if (byTrend) {
      return History.TREND;
    }
    return isFixed() ? "fixed" : "fdr";
  }

  private static Timestamp since(AlertState state, History history, EvaluatedNight tonight) {
    Instant since = state == AlertState.REGRESSED ? tonight.at() : history.since();
    return Timestamp.from(since);
  }

  private String message(
      Tested tested, AlertState state, boolean level, double[] q, double threshold) {
    String name = tested.of.dataset;
    String under = " under " + tested.of.model;
    if (state == AlertState.RECOVERED) {
      return String.format(
          Locale.ROOT,
          "%s recovered%s: its Anomaly Score, %.4f, is within what chance makes of %s.",
          name,
          under,
          tested.of.tonight.score(),
          tested.baseline.words());
    }
    if (!state.isAlert()) {
      return null;
    }
    List<String> why = new ArrayList<>();
    boolean still = state == AlertState.STILL_REGRESSED;
    if (level || still) {
      why.add(
          String.format(
              Locale.ROOT,
              "its Anomaly Score is %.4f, %+.4f from %s; more than %s, %.4f, raises an alert",
              tested.of.tonight.score(),
              tested.increase(),
              tested.baseline.words(),
              isFixed() ? "max_increase" : "chance makes",
              threshold));
    }
    if (q[1] <= thresholds.alertFdr()) {
      why.add(
          String.format(
              Locale.ROOT,
              "its Anomaly Score rises by %.2g a night over %d nights (p %.2g)",
              tested.trend.slope(),
              tested.trend.nights(),
              tested.trend.scoreP()));
    }
    for (int i = 2; i < q.length; i++) {
      if (q[i] <= thresholds.alertFdr()) {
        why.add(
            String.format(
                Locale.ROOT,
                "its median %s moves away from the reference's over %d nights (p %.2g)",
                i == 2 ? "complexity" : "vulnerability",
                tested.trend.nights(),
                i == 2 ? tested.trend.complexityP() : tested.trend.vulnerabilityP()));
      }
    }
    String what =
        still
            ? " is less natural" + under + " since " + DAY.format(tested.of.history.since())
            : " became less natural" + under;
    return name + what + ": " + String.join("; ", why) + ".";
  }
}
