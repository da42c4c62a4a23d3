package org.anomalyscore.stats;

import java.util.Arrays;

/** The delete-a-group jackknife: the spread of an estimate from estimates without one group. */
public final class Jackknife {

  private Jackknife() {}

  /**
   * (G − 1)/G times the sum of squares about the mean (Shao and Tu 1995, The Jackknife and
   * Bootstrap). Variances over independent sets add up.
   *
   * @param without the estimate without each of the G groups
   */
  public static double variance(double[] without) {
    double mean = 0;
    for (double value : without) {
      mean += value / without.length;
    }
    double about = mean;
    double squares = Arrays.stream(without).map(v -> (v - about) * (v - about)).sum();
    return squares * (without.length - 1) / without.length;
  }
}
