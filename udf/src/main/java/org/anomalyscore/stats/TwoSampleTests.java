package org.anomalyscore.stats;

import org.apache.commons.statistics.descriptive.DoubleStatistics;
import org.apache.commons.statistics.descriptive.Statistic;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.KolmogorovSmirnovTest;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.TTest;

/**
 * The one-dimensional tests of a generated sample against a reference sample, by Apache Commons
 * Statistics.
 *
 * <p>"Greater" has the alternative that the generated values are greater than the reference values,
 * "less" that they are less; a positive t and a u above n m / 2 point to greater.
 *
 * <p>Ties are allowed everywhere. They make the Kolmogorov-Smirnov p-value conservative; the
 * Mann-Whitney p-value then has the usual tie correction. One million rows against one million take
 * a few seconds, as the approximations take over from the exact computations at the sizes below.
 *
 * @param ks two-sided Kolmogorov-Smirnov statistic; NaN if a sample has one row
 * @param ksP its p-value: exact while both samples are below 10 000 rows, above that the
 *     distribution of one sample of n m / (n + m) rows; NaN if a sample has one row
 * @param t Welch's t, generated minus reference; NaN if a sample has one row or if both samples are
 *     constant, as the variance is unknown or 0
 * @param tP two-sided p-value of Welch's t-test; NaN where t is
 * @param tGreaterP its one-sided p-value, greater; NaN where t is
 * @param tLessP its one-sided p-value, less; NaN where t is
 * @param u Mann-Whitney U of the generated sample: the pairs in which the generated value is
 *     greater, plus half of the tied pairs
 * @param uP two-sided p-value of the Mann-Whitney U test: exact while both samples are below 50
 *     rows and nothing is tied, above that the normal approximation with continuity correction; 1
 *     if all values are equal
 * @param uGreaterP its one-sided p-value, greater; 1 if all values are equal
 * @param uLessP its one-sided p-value, less; 1 if all values are equal
 */
public record TwoSampleTests(
    double ks,
    double ksP,
    double t,
    double tP,
    double tGreaterP,
    double tLessP,
    double u,
    double uP,
    double uGreaterP,
    double uLessP) {

  private static final DoubleStatistics.Builder MOMENTS =
      DoubleStatistics.builder(Statistic.MEAN, Statistic.VARIANCE);

  /** Below so many rows of both samples the Mann-Whitney p-value is exact if nothing is tied. */
  private static final int EXACT_U = 50;

  /**
   * Runs all tests; the arrays are read, not kept.
   *
   * @param reference one finite value a row, at least 1
   * @param generated one finite value a row, at least 1
   * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or infinite
   */
  public static TwoSampleTests of(double[] reference, double[] generated) {
    return of(reference, generated, rankSums(reference, generated));
  }

  /**
   * Which of two samples is greater; the arrays are read, not kept.
   *
   * @param reference one finite value a row, at least 1
   * @param generated one finite value a row, at least 1
   * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or infinite
   */
  public static RankSums rankSums(double[] reference, double[] generated) {
    Samples.requireFinite("the reference sample", reference);
    Samples.requireFinite("the generated sample", generated);
    return new PooledOrder(reference, generated).rankSums(reference.length);
  }

  /**
   * The same where the samples are ranked already.
   *
   * @param ranks of the reference, which stands first, and the generated sample
   */
  public static TwoSampleTests of(double[] reference, double[] generated, RankSums ranks) {
    Samples.requireFinite("the reference sample", reference);
    Samples.requireFinite("the generated sample", generated);

    double ks = Double.NaN;
    double ksP = Double.NaN;
    TTest.Result two = null;
    TTest.Result greater = null;
    TTest.Result less = null;
    boolean bothConstant = Samples.isConstant(reference) && Samples.isConstant(generated);
    if (reference.length > 1 && generated.length > 1) {
      var result = KolmogorovSmirnovTest.withDefaults().test(generated, reference);
      ks = result.getStatistic();
      ksP = result.getPValue();
      if (!bothConstant) {
        DoubleStatistics g = MOMENTS.build(generated);
        DoubleStatistics r = MOMENTS.build(reference);
        two = welch(AlternativeHypothesis.TWO_SIDED, g, r);
        greater = welch(AlternativeHypothesis.GREATER_THAN, g, r);
        less = welch(AlternativeHypothesis.LESS_THAN, g, r);
      }
    }
    boolean allEqual = bothConstant && reference[0] == generated[0];
    return new TwoSampleTests(
        ks,
        ksP,
        two == null ? Double.NaN : two.getStatistic(),
        two == null ? Double.NaN : two.getPValue(),
        greater == null ? Double.NaN : greater.getPValue(),
        less == null ? Double.NaN : less.getPValue(),
        ranks.u(),
        // The variance of U is 0 where all values are equal.
        allEqual ? 1 : mannWhitneyP(AlternativeHypothesis.TWO_SIDED, reference, generated, ranks),
        allEqual
            ? 1
            : mannWhitneyP(AlternativeHypothesis.GREATER_THAN, reference, generated, ranks),
        allEqual ? 1 : mannWhitneyP(AlternativeHypothesis.LESS_THAN, reference, generated, ranks));
  }

  private static TTest.Result welch(
      AlternativeHypothesis alternative, DoubleStatistics generated, DoubleStatistics reference) {
    return TTest.withDefaults()
        .with(DataDispersion.HETEROSCEDASTIC)
        .with(alternative)
        .test(
            generated.getAsDouble(Statistic.MEAN),
            generated.getAsDouble(Statistic.VARIANCE),
            generated.getCount(),
            reference.getAsDouble(Statistic.MEAN),
            reference.getAsDouble(Statistic.VARIANCE),
            reference.getCount());
  }

  /**
   * The library ranks the values anew for each p-value, as objects; from this size its formula is
   * the normal approximation with tie and continuity correction, which needs the rank sum only.
   */
  private static double mannWhitneyP(
      AlternativeHypothesis alternative, double[] reference, double[] generated, RankSums ranks) {
    if (Math.max(reference.length, generated.length) < EXACT_U) {
      return MannWhitneyUTest.withDefaults()
          .with(alternative)
          .test(generated, reference)
          .getPValue();
    }
    double beyond = ranks.u() - (double) reference.length * generated.length / 2;
    NormalDistribution normal = NormalDistribution.of(0, 1);
    double deviation = ranks.deviation(reference.length, generated.length);
    return switch (alternative) {
      case GREATER_THAN -> normal.survivalProbability((beyond - 0.5) / deviation);
      case LESS_THAN -> normal.cumulativeProbability((beyond + 0.5) / deviation);
      case TWO_SIDED ->
          2 * normal.survivalProbability(Math.abs(beyond - Math.signum(beyond) * 0.5) / deviation);
    };
  }

  /**
   * The statistic {@link #ks} alone, without its p-value; the arrays are read, not kept.
   *
   * @param reference one finite value a row
   * @param generated one finite value a row
   * @return D, in [0, 1], or NaN if a sample has fewer than two rows
   */
  public static double kolmogorovSmirnov(double[] reference, double[] generated) {
    return reference.length > 1 && generated.length > 1
        ? KolmogorovSmirnovTest.withDefaults().statistic(generated, reference)
        : Double.NaN;
  }
}
