package org.anomalyscore.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.anomalyscore.stats.MannKendall;

/**
 * Whether a generator drifts over its last nights: a slow drift that no single night shows.
 *
 * @param nights different draws that the tests are of
 * @param slope of the Anomaly Score, a draw
 * @param scoreP that the score rises
 * @param complexityP that the median complexity moves away from the reference's
 * @param vulnerabilityP that the median vulnerability does
 */
record Trend(int nights, double slope, double scoreP, double complexityP, double vulnerabilityP) {

  /**
   * Of fewer no order has a p-value that could raise an alert (1/120 of five), and each test counts
   * among those of the night.
   */
  private static final int FEWEST = 6;

  static final Trend NONE = new Trend(0, Double.NaN, Double.NaN, Double.NaN, Double.NaN);

  /**
   * Tests the last nights.
   *
   * @param window how many nights, tonight included; 0 for no test
   */
  static Trend of(int window, History history, EvaluatedNight tonight) {
    if (window == 0) {
      return NONE;
    }
    List<EvaluatedNight> all = new ArrayList<>(history.ofTrend());
    all.add(tonight);
    List<EvaluatedNight> draws =
        EvaluatedNight.draws(all.subList(Math.max(0, all.size() - window), all.size()));
    MannKendall score = test(draws, draw -> draw.scoreAtSizesOf(tonight));
    if (draws.size() < FEWEST) {
      return new Trend(draws.size(), score.slope(), Double.NaN, Double.NaN, Double.NaN);
    }
    return new Trend(
        draws.size(),
        score.slope(),
        score.risingP(),
        awayP(draws, EvaluatedNight::awayC),
        awayP(draws, EvaluatedNight::awayV));
  }

  private static MannKendall test(
      List<EvaluatedNight> draws, ToDoubleFunction<EvaluatedNight> value) {
    return MannKendall.of(draws.stream().mapToDouble(value).toArray());
  }

  /** Two-sided where it moves away, since which way that is was not known before; 1 otherwise. */
  private static double awayP(
      List<EvaluatedNight> draws, ToDoubleFunction<EvaluatedNight> distance) {
    MannKendall test = test(draws, distance);
    double now = distance.applyAsDouble(draws.get(draws.size() - 1));
    return Double.isNaN(test.p()) || test.z() * now > 0 ? test.p() : 1;
  }
}
