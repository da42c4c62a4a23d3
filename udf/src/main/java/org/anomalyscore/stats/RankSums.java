package org.anomalyscore.stats;

import java.io.Serializable;

/**
 * What the order of two pooled samples says about which of them is greater.
 *
 * @param u Mann-Whitney U of the second sample: the pairs in which its value is greater, plus half
 *     of the tied pairs
 * @param ties the sum of t^3 - t over all runs of t equal values
 */
public record RankSums(double u, double ties) implements Serializable {

  /**
   * The standard deviation of U where both samples are of one distribution, with the correction for
   * ties; 0 where all values are equal.
   *
   * @param first size of the first sample
   * @param second size of the second sample
   */
  public double deviation(long first, long second) {
    double size = (double) first + second;
    return Math.sqrt(
        Math.max(0, (double) first * second / 12 * (size + 1 - ties / size / (size - 1))));
  }

  /**
   * U in standard deviations from its mean, without a correction for continuity; negative where the
   * second sample has the smaller values, 0 where all values are equal.
   *
   * @param first size of the first sample
   * @param second size of the second sample
   */
  public double standardised(long first, long second) {
    double deviation = deviation(first, second);
    return deviation == 0 ? 0 : (u - (double) first * second / 2) / deviation;
  }
}
