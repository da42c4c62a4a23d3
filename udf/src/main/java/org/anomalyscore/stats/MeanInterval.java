package org.anomalyscore.stats;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A mean with Student's t interval: mean +- t s / sqrt(n), s with n - 1 in its denominator.
 *
 * @param count number of values
 * @param mean arithmetic mean
 * @param low lower end of the interval; NaN for one value, the mean where all are equal
 * @param high upper end, likewise
 */
public record MeanInterval(int count, double mean, double low, double high) {

  /**
   * Estimates a mean; the array is read, not kept.
   *
   * @param values finite, at least 1
   * @param confidence of the interval, in (0, 1)
   * @throws IllegalArgumentException if there is no value, one is NaN or infinite, or the
   *     confidence out of range
   */
  public static MeanInterval of(double[] values, double confidence) {
    Samples.requireFinite("the values", values);
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("The confidence is " + confidence + ". Give 0 to 1.");
    }
    int n = values.length;
    if (n > 1 && Samples.isConstant(values)) {
      return new MeanInterval(n, values[0], values[0], values[0]);
    }
    double mean = Mean.of(values).getAsDouble();
    if (n == 1) {
      return new MeanInterval(n, mean, Double.NaN, Double.NaN);
    }
    double t = TDistribution.of(n - 1).inverseSurvivalProbability((1 - confidence) / 2);
    double half = t * StandardDeviation.of(values).getAsDouble() / Math.sqrt(n);
    return new MeanInterval(n, mean, mean - half, mean + half);
  }
}
