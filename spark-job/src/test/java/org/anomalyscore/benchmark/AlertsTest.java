package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.TableRow;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;

/** Nights of one generator, by numbers. */
class AlertsTest {

  private static final double SD = 0.01;

  private final List<EvaluatedNight> nights = new ArrayList<>();
  private final List<History.Judged> judged = new ArrayList<>();
  private BenchmarkManifest.Thresholds thresholds = thresholds(null, "median-of 7", 60);

  private static BenchmarkManifest.Thresholds thresholds(
      Double maxIncrease, String baseline, int trendNights) {
    return new BenchmarkManifest.Thresholds(maxIncrease, null, null, baseline, 0.01, trendNights);
  }

  private static Instant at(int day) {
    return Instant.EPOCH.plusSeconds(86_400L * day);
  }

  private EvaluatedNight evaluated(double score) {
    int day = nights.size();
    return new EvaluatedNight(
        "run" + day, at(day), 500, 500, score, SD, Double.NaN, Double.NaN, Double.NaN);
  }

  private TableRow night(EvaluatedNight tonight) {
    History history = History.of(nights, judged);
    TableRow row =
        new Alerts(thresholds).of(List.of(new Alerts.Case("gan", "m", tonight, history))).get(0);
    AlertState state = AlertState.of(row);
    java.sql.Timestamp since = (java.sql.Timestamp) row.get("since");
    judged.add(
        new History.Judged(
            tonight.runId(),
            tonight.at(),
            state,
            since == null ? null : since.toInstant(),
            "trend".equals(row.get("rule"))));
    nights.add(tonight);
    return row;
  }

  private TableRow night(double score) {
    return night(evaluated(score));
  }

  private void acknowledge() {
    Instant since = History.of(nights, judged).since();
    judged.add(
        new History.Judged(
            "ack", at(nights.size() - 1).plusSeconds(60), AlertState.ACKNOWLEDGED, since, false));
  }

  private void assertState(AlertState state, double score) {
    assertEquals(state, AlertState.of(night(score)), () -> "night " + nights.size());
  }

  /** Seven good nights whose median is 0.2. */
  private void goodWeek() {
    for (double score : new double[] {0.2, 0.19, 0.21, 0.205, 0.195, 0.201, 0.199}) {
      night(score);
    }
  }

  @Test
  void theBaselineIsTheMedianOfTheLastGoodNights() {
    assertState(AlertState.NEW, 0.5);
    assertEquals(AlertState.NEW.text(), judged.get(0).state().text());
    nights.clear();
    judged.clear();
    goodWeek();
    TableRow row = night(0.215);
    assertEquals(AlertState.OK, AlertState.of(row));
    assertEquals(0.2, row.get("baseline"));
    assertEquals(7L, row.get("baseline_nights"));
    assertEquals("run6", row.get("baseline_run_id"));
    double error = SD * Math.sqrt(1 + Math.PI / 14);
    double p = NormalDistribution.of(0, 1).survivalProbability(0.015 / error);
    assertEquals(p, (Double) row.get("p_value"), 1e-12);
    // Of its own two tests, the other of the trend.
    double most = NormalDistribution.of(0, error).inverseSurvivalProbability(0.005);
    assertEquals(most, (Double) row.get("threshold"), 1e-12);
    // The eighth night replaces the first.
    TableRow next = night(0.2 + most + 0.0015);
    assertEquals(AlertState.REGRESSED, AlertState.of(next));
    assertEquals(0.201, next.get("baseline"));
  }

  @Test
  void anAlertIsNotForgottenAndIsNoBaseline() {
    goodWeek();
    TableRow first = night(0.3);
    assertEquals(AlertState.REGRESSED, AlertState.of(first));
    assertEquals(
        "gan became less natural under m: its Anomaly Score is 0.3000, +0.1000 from the median of its"
            + " last good nights (7), 0.2000; more than chance makes, "
            + String.format(java.util.Locale.ROOT, "%.4f", first.get("threshold"))
            + ", raises an alert.",
        first.get("message"));
    for (int i = 0; i < 20; i++) {
      TableRow row = night(0.3 + 0.001 * i);
      assertEquals(AlertState.STILL_REGRESSED, AlertState.of(row));
      assertEquals(0.2, row.get("baseline"));
      assertEquals(first.get("since"), row.get("since"));
    }
    TableRow better = night(0.205);
    assertEquals(AlertState.RECOVERED, AlertState.of(better));
    assertNull(better.get("since"));
    assertTrue(
        ((String) better.get("message"))
            .startsWith("gan recovered under m: its Anomaly Score, 0.2"),
        () -> "" + better.get("message"));
    assertState(AlertState.OK, 0.206);
  }

  @Test
  void anOpenAlertClosesOnlyWhereTheSetAloneIsWithinChance() {
    goodWeek();
    night(0.3);
    // Below what would raise an alert in a night without one, yet no chance.
    TableRow row = night(0.223);
    assertTrue((Double) row.get("increase") < (Double) row.get("threshold"), row.asMap()::toString);
    assertEquals(AlertState.STILL_REGRESSED, AlertState.of(row));
  }

  @Test
  void whatIsAcknowledgedIsTheNewNormal() {
    goodWeek();
    night(0.3);
    night(0.31);
    acknowledge();
    TableRow row = night(0.305);
    assertEquals(AlertState.OK, AlertState.of(row));
    assertEquals(0.305, (Double) row.get("baseline"), 1e-15);
    assertEquals(2L, row.get("baseline_nights"));
    // Back at the old level it is better than its baseline, and worse than that is an alert anew.
    assertState(AlertState.OK, 0.2);
    assertState(AlertState.REGRESSED, 0.4);
  }

  @Test
  void failedAndStaleNightsCloseNoAlert() {
    goodWeek();
    night(0.3);
    judged.add(new History.Judged("x", at(8), AlertState.FAILED, at(7), false));
    assertState(AlertState.STILL_REGRESSED, 0.3);
    assertEquals(AlertState.STILL_REGRESSED, History.of(nights, judged).last());
  }

  @Test
  void eachRuleHasItsBaseline() {
    for (Object[] rule :
        new Object[][] {
          {"previous", 0.25, 1L, "run2"},
          {"best", 0.1, 3L, "run1"},
          {"median-of 2", 0.175, 2L, "run2"},
          {"pinned other run0", 0.2, 1L, "run0"}
        }) {
      nights.clear();
      judged.clear();
      thresholds = thresholds(1.0, (String) rule[0], 0);
      night(0.2);
      night(0.1);
      night(0.25);
      TableRow row = night(0.3);
      assertEquals((Double) rule[1], (Double) row.get("baseline"), 1e-15, "" + rule[0]);
      assertEquals(rule[2], row.get("baseline_nights"), "" + rule[0]);
      assertEquals(rule[3], row.get("baseline_run_id"), "" + rule[0]);
      assertEquals(rule[0], row.get("baseline_rule"));
    }
    thresholds = thresholds(null, "pinned elsewhere", 0);
    assertState(AlertState.NEW, 0.3);
  }

  /** The least of many draws lies low by chance, which its p-value must bear. */
  @Test
  void theBestIsCorrectedForItsChoice() {
    thresholds = thresholds(null, "best", 0);
    for (int i = 0; i < 100; i++) {
      night(0.2 + 1e-6 * i);
    }
    double one = NormalDistribution.of(0, SD * Math.sqrt(2)).survivalProbability(0.04);
    assertEquals(100 * one, (Double) night(0.24).get("p_value"), 1e-12);
  }

  @Test
  void nightsWithoutNewImagesCountOnce() {
    for (int i = 0; i < 6; i++) {
      night(0.3);
    }
    night(0.2);
    TableRow row = night(0.25);
    assertEquals(2L, row.get("baseline_nights"));
    assertEquals(0.25, (Double) row.get("baseline"), 1e-15);
    assertEquals(3L, row.get("trend_nights"));
  }

  @Test
  void aSlowDriftIsSeenByItsTrend() {
    TableRow row = null;
    int night = 0;
    for (; row == null || !AlertState.of(row).isAlert(); night++) {
      // A fifth of a standard deviation a night, and a scatter that is no trend.
      row = night(0.2 + 0.002 * night + 0.008 * Math.sin(2.7 * night));
    }
    assertTrue(night > 8 && night < 25, "in night " + night);
    assertTrue(
        ((String) row.get("message")).contains("its Anomaly Score rises by 0.00"),
        (String) row.get("message"));
    assertTrue((Double) row.get("trend_q_anomaly_score") <= 0.01);
    assertEquals("trend", row.get("rule"));
    // As long as it goes on it is the same alert; some weeks of the old level end it.
    assertState(AlertState.STILL_REGRESSED, 0.2 + 0.002 * night);
    for (int i = 0; i < 40 && History.of(nights, judged).isOpen(); i++) {
      night(0.2 + 0.008 * Math.sin(2.7 * i));
    }
    assertEquals(AlertState.RECOVERED, History.of(nights, judged).last());
    assertState(AlertState.OK, 0.2);
  }

  @Test
  void aMedianThatMovesTowardsTheReferenceIsNoAlert() {
    for (int sign : new int[] {1, -1}) {
      for (int away : new int[] {1, -1}) {
        nights.clear();
        judged.clear();
        TableRow row = null;
        for (int i = 0; i < 20; i++) {
          EvaluatedNight plain = evaluated(0.2 + 0.001 * (i % 3));
          double c = sign * (0.5 + away * 0.01 * i);
          row =
              night(
                  new EvaluatedNight(
                      plain.runId(), plain.at(), 500, 500, plain.score(), SD, Double.NaN, c, 0.1));
        }
        assertEquals(away > 0 ? AlertState.STILL_REGRESSED : AlertState.OK, AlertState.of(row));
        assertEquals(1, (Double) row.get("trend_p_complexity"), away > 0 ? 1 : 0);
        assertNull(row.get("trend_p_vulnerability"), "a constant has no trend");
      }
    }
  }

  @Test
  void smallerSetsMayScoreHigher() {
    thresholds = thresholds(0.05, "previous", 0);
    nights.add(new EvaluatedNight("a", at(0), 1000, 9, 0.1, SD, 0.04, 0, 0));
    EvaluatedNight small = new EvaluatedNight("b", at(1), 100, 9, 0.2, SD, 0.13, 0, 0);
    assertEquals(AlertState.OK, AlertState.of(night(small)));
    nights.remove(1);
    judged.clear();
    TableRow row = night(new EvaluatedNight("b", at(1), 100, 9, 0.25, SD, 0.13, 0, 0));
    assertEquals(AlertState.REGRESSED, AlertState.of(row));
    assertEquals(0.06, (Double) row.get("increase"), 1e-12);
    assertTrue(((String) row.get("message")).contains("more than max_increase, 0.0500, raises"));
  }

  @Test
  void manyGeneratorsRaiseTheBar() {
    thresholds = thresholds(null, "median-of 7", 0);
    goodWeek();
    History history = History.of(nights, judged);
    EvaluatedNight bad = evaluated(0.231);
    List<Alerts.Case> cases = new ArrayList<>(List.of(new Alerts.Case("gan", "m", bad, history)));
    assertEquals(AlertState.REGRESSED, AlertState.of(new Alerts(thresholds).of(cases).get(0)));
    for (int i = 0; i < 40; i++) {
      cases.add(new Alerts.Case("set" + i, "m", evaluated(0.2), history));
    }
    List<TableRow> rows = new Alerts(thresholds).of(cases);
    assertEquals(AlertState.OK, AlertState.of(rows.get(0)));
    double threshold = (Double) rows.get(0).get("threshold");
    cases.set(0, new Alerts.Case("gan", "m", evaluated(0.2 + threshold + 1e-9), history));
    assertEquals(AlertState.REGRESSED, AlertState.of(new Alerts(thresholds).of(cases).get(0)));
    cases.set(0, new Alerts.Case("gan", "m", evaluated(0.2 + threshold - 1e-9), history));
    assertEquals(AlertState.OK, AlertState.of(new Alerts(thresholds).of(cases).get(0)));
  }

  @Test
  void withoutStandardErrorsOnlyAFixedIncreaseIsALevel() {
    thresholds = thresholds(null, "previous", 0);
    nights.add(new EvaluatedNight("a", at(0), 9, 9, 0.25, Double.NaN, Double.NaN, 0, 0));
    EvaluatedNight worse = new EvaluatedNight("b", at(1), 9, 9, 0.5, Double.NaN, Double.NaN, 0, 0);
    TableRow row = night(worse);
    assertEquals(AlertState.OK, AlertState.of(row));
    assertNull(row.get("p_value"));
    for (double most : new double[] {0.25, 0.24}) {
      nights.remove(1);
      judged.clear();
      thresholds = thresholds(most, "previous", 0);
      assertState(most < 0.25 ? AlertState.REGRESSED : AlertState.OK, 0.5);
    }
  }
}
