package org.anomalyscore.stats;

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

  /**
   * Runs all tests; the arrays are read, not kept.
   *
   * @param reference one finite value a row, at least 1
   * @param generated one finite value a row, at least 1
   * @throws IllegalArgumentException if a sample is empty or has a value that is NaN or infinite
   */
  public static TwoSampleTests of(double[] reference, double[] generated) {
    Samples.requireFinite("the reference sample", reference);
    Samples.requireFinite("the generated sample", generated);

    double ks = Double.NaN;
    double ksP = Double.NaN;
    double t = Double.NaN;
    double tP = Double.NaN;
    double tGreaterP = Double.NaN;
    double tLessP = Double.NaN;
    boolean bothConstant = Samples.isConstant(reference) && Samples.isConstant(generated);
    if (reference.length > 1 && generated.length > 1) {
      var result = KolmogorovSmirnovTest.withDefaults().test(generated, reference);
      ks = result.getStatistic();
      ksP = result.getPValue();
      if (!bothConstant) {
        TTest welch = TTest.withDefaults().with(DataDispersion.HETEROSCEDASTIC);
        var twoSided = welch.test(generated, reference);
        t = twoSided.getStatistic();
        tP = twoSided.getPValue();
        tGreaterP =
            welch.with(AlternativeHypothesis.GREATER_THAN).test(generated, reference).getPValue();
        tLessP = welch.with(AlternativeHypothesis.LESS_THAN).test(generated, reference).getPValue();
      }
    }

    MannWhitneyUTest rankSum = MannWhitneyUTest.withDefaults();
    var twoSided = rankSum.test(generated, reference);
    boolean allEqual = bothConstant && reference[0] == generated[0];
    return new TwoSampleTests(
        ks,
        ksP,
        t,
        tP,
        tGreaterP,
        tLessP,
        twoSided.getStatistic(),
        // The variance of U is 0 then, and the library divides by it.
        allEqual ? 1 : twoSided.getPValue(),
        allEqual
            ? 1
            : rankSum
                .with(AlternativeHypothesis.GREATER_THAN)
                .test(generated, reference)
                .getPValue(),
        allEqual
            ? 1
            : rankSum.with(AlternativeHypothesis.LESS_THAN).test(generated, reference).getPValue());
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
