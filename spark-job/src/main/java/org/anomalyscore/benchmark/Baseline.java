package org.anomalyscore.benchmark;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * What tonight's score is compared with, and what chance makes of the difference.
 *
 * @param rule that it was chosen by
 * @param score at tonight's numbers of images
 * @param standardError of the score, over draws; NaN without bootstrap resamples
 * @param draws that it is made of
 * @param runId of the newest of them, or the only one
 */
record Baseline(BaselineRule rule, double score, double standardError, int draws, String runId) {

  /**
   * The baseline of a generator.
   *
   * @return null where no night can be one
   */
  static Baseline of(BaselineRule rule, History history, EvaluatedNight tonight) {
    List<EvaluatedNight> nights =
        rule.kind() == BaselineRule.Kind.PINNED
            ? history.all().stream().filter(n -> rule.runIds().contains(n.runId())).toList()
            : history.good();
    int count = Math.min(rule.nights(), nights.size());
    List<EvaluatedNight> draws =
        EvaluatedNight.draws(nights.subList(nights.size() - count, nights.size()));
    if (draws.isEmpty()) {
      return null;
    }
    if (rule.kind() == BaselineRule.Kind.BEST) {
      EvaluatedNight best =
          draws.stream()
              .min(Comparator.comparingDouble(draw -> draw.scoreAtSizesOf(tonight)))
              .orElseThrow();
      return new Baseline(
          rule, best.scoreAtSizesOf(tonight), best.standardError(), draws.size(), best.runId());
    }
    double[] scores = draws.stream().mapToDouble(draw -> draw.scoreAtSizesOf(tonight)).toArray();
    double variance =
        draws.stream()
            .mapToDouble(d -> d.standardError() * d.standardError())
            .average()
            .orElseThrow();
    // The variance of a median of k normal draws is pi / (2 k) times theirs for large k, and less
    // than that for all others (David and Nagaraja 2003, Order Statistics, section 8.6).
    double share = Math.min(1, Math.PI / (2 * scores.length));
    return new Baseline(
        rule,
        Median.withDefaults().evaluate(scores),
        Math.sqrt(variance * share),
        draws.size(),
        draws.get(draws.size() - 1).runId());
  }

  /**
   * How far chance alone may put a score above this one: the standard error of the difference. The
   * bias of scores at equal sizes cancels in it. Measured by {@code BootstrapCoverage}: a second
   * draw lies more than 1.96 of these further up in 0.5 % of cases where the true D is 0, in 1.8 to
   * 2.5 % where it is 0.06 to 0.54 and in 3.5 % where it is 0.86 (100 against 500 points),
   * nominally in 2.5 %.
   */
  private double standardErrorOfDifference(EvaluatedNight tonight) {
    return Math.hypot(tonight.standardError(), standardError);
  }

  /**
   * How often chance alone puts a score as far above the baseline. The best of k draws is one that
   * chance chose, so that its p-value is k times as large (Bonferroni).
   *
   * @return NaN without standard errors
   */
  double p(EvaluatedNight tonight) {
    double error = standardErrorOfDifference(tonight);
    double increase = tonight.score() - score;
    if (error == 0) {
      return increase > 0 ? 0 : 1;
    }
    return Double.isNaN(error)
        ? Double.NaN
        : Math.min(1, choices() * NormalDistribution.of(0, error).survivalProbability(increase));
  }

  /** The increase whose p-value is p. */
  double increaseOf(double p, EvaluatedNight tonight) {
    double error = standardErrorOfDifference(tonight);
    double one = Math.min(1, p / choices());
    return Double.isNaN(error) || error == 0
        ? error
        : NormalDistribution.of(0, error).inverseSurvivalProbability(one);
  }

  private int choices() {
    return rule.kind() == BaselineRule.Kind.BEST ? draws : 1;
  }

  /** In words, after "above". */
  String words() {
    String what =
        switch (rule.kind()) {
          case PREVIOUS -> "that of its last good night";
          case BEST -> "that of its best night";
          case MEDIAN_OF ->
              draws == 1
                  ? "that of its last good night"
                  : "the median of its last good nights (" + draws + ")";
          case PINNED -> "that of the pinned run " + runId;
        };
    return String.format(Locale.ROOT, "%s, %.4f", what, score);
  }
}
