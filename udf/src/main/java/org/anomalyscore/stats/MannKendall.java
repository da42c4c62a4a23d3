package org.anomalyscore.stats;

import java.util.Arrays;

/**
 * Whether a series rises or falls with time: the test of Mann (1945, doi:10.2307/1907187) and
 * Kendall, and the slope of Theil and Sen (Sen 1968, doi:10.1080/01621459.1968.10480934).
 *
 * <p>S is the number of pairs of values of which the later is greater, less those of which it is
 * less. It is {@link TrendTest Jonckheere and Terpstra's statistic} of groups of one value each,
 * and has its p-value: exact for up to 50 different values, otherwise normal with the variance for
 * ties and without a continuity correction. The values must be independent: a value that stands
 * twice since nothing was measured anew counts once, and whoever has such a series must leave out
 * the repetitions.
 *
 * @param count number of values that are no NaN
 * @param s Kendall's S, in [-n (n - 1) / 2, n (n - 1) / 2]
 * @param z S over its standard deviation under no trend; positive where the series rises; NaN for
 *     fewer than two values and where all are equal
 * @param p two-sided; NaN where z is
 * @param slope the median of the slopes of all pairs, a step of time; NaN for fewer than two values
 */
public record MannKendall(int count, double s, double z, double p, double slope) {

  /**
   * Tests for a trend; the array is read, not kept.
   *
   * @param values in the order of time, at equal steps; a NaN is a step without a value
   * @throws IllegalArgumentException if a value is infinite
   */
  public static MannKendall of(double... values) {
    int n = (int) Arrays.stream(values).filter(x -> !Double.isNaN(x)).count();
    double[] times = new double[n];
    double[] known = new double[n];
    int next = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        times[next] = i;
        known[next++] = values[i];
      }
    }
    if (n == 0) {
      return new MannKendall(0, 0, Double.NaN, Double.NaN, Double.NaN);
    }
    TrendTest trend = TrendTest.of(times, known);
    return new MannKendall(
        n,
        2 * trend.jonckheere() - n * (n - 1) / 2.0,
        trend.z(),
        trend.jonckheereP(),
        slope(times, known));
  }

  /**
   * The p-value against a rise alone.
   *
   * @return NaN where {@link #p} is
   */
  public double risingP() {
    return z > 0 ? p / 2 : 1 - p / 2;
  }

  private static double slope(double[] times, double[] values) {
    int n = values.length;
    if (n < 2) {
      return Double.NaN;
    }
    double[] slopes = new double[n * (n - 1) / 2];
    int next = 0;
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) {
        slopes[next++] = (values[j] - values[i]) / (times[j] - times[i]);
      }
    }
    return DistributionSummary.QUANTILE.evaluate(slopes, 0.5);
  }
}
