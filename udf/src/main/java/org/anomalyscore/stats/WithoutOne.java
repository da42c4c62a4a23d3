package org.anomalyscore.stats;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Median and median absolute deviation of a sample without one of its values, for each of them in
 * turn. Without one value a sample has at most three medians, and around each of them at most three
 * such deviations, so that all of them together cost O(n log n).
 *
 * <p>The deviation is multiplied by {@value #NORMAL}, after which it is the standard deviation of a
 * normal distribution, as {@code mad} of R gives it.
 */
final class WithoutOne {

  /** 1 over the third quartile of the standard normal distribution, rounded as in R. */
  static final double NORMAL = 1.4826;

  private final double[] values;
  private final double[] sorted;
  private final Map<Double, double[]> deviations = new HashMap<>();

  /** Asked for again and again, and without a look-up. */
  private double lastCentre = Double.NaN;

  private double[] lastDeviations;

  /** Of finite values, which are kept and must not change. */
  WithoutOne(double[] values) {
    this.values = values;
    this.sorted = values.clone();
    Arrays.sort(sorted);
  }

  /** The median of all values. */
  double median() {
    return median(sorted);
  }

  /** The deviation of all values. */
  double deviation() {
    return NORMAL * median(deviations(median()));
  }

  /** The median of all values but the i-th; NaN where it is the only one. */
  double median(int i) {
    return medianWithout(sorted, values[i]);
  }

  /** The deviation of all values but the i-th; NaN where it is the only one. */
  double deviation(int i) {
    double median = median(i);
    return NORMAL * medianWithout(deviations(median), Math.abs(values[i] - median));
  }

  /** Distances from a centre, rising; those of a sorted array are two runs, which sort fast. */
  private double[] deviations(double centre) {
    if (centre != lastCentre) {
      lastDeviations = deviationsAround(centre);
      lastCentre = centre;
    }
    return lastDeviations;
  }

  private double[] deviationsAround(double centre) {
    return deviations.computeIfAbsent(
        centre,
        c -> {
          double[] distances = new double[sorted.length];
          Arrays.setAll(distances, i -> Math.abs(sorted[i] - c));
          Arrays.sort(distances);
          return distances;
        });
  }

  private static double median(double[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : middle(sorted[half - 1], sorted[half]);
  }

  /** Of equal values it is all one which of them is taken away. */
  private static double medianWithout(double[] sorted, double value) {
    int half = sorted.length / 2;
    if (sorted.length == 1) {
      return Double.NaN;
    }
    if (sorted.length % 2 == 0) {
      return value <= sorted[half - 1] ? sorted[half] : sorted[half - 1];
    }
    if (value < sorted[half]) {
      return middle(sorted[half], sorted[half + 1]);
    }
    return value > sorted[half]
        ? middle(sorted[half - 1], sorted[half])
        : middle(sorted[half - 1], sorted[half + 1]);
  }

  private static double middle(double a, double b) {
    return (a + b) / 2;
  }
}
