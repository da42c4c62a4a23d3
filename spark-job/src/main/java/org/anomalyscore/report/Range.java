package org.anomalyscore.report;

import java.util.Collection;

/** The axis that all sets of a comparison share; its first and last bin hold what lies beyond. */
record Range(double low, double high) {

  /** Share of a set that may lie beyond the axis on each side. */
  private static final double TAIL = 0.005;

  /**
   * Covers all but the tails of every set, but never more than three times what the reference
   * covers: one broken generator must not squeeze all others into a single bin.
   *
   * @param reference values on the grid of {@link Quantiles}, rising
   */
  static Range of(double[] reference, Collection<double[]> generated) {
    double low = quantile(reference, TAIL);
    double high = quantile(reference, 1 - TAIL);
    double width = high - low;
    double lowest = low;
    double highest = high;
    for (double[] values : generated) {
      lowest = Math.min(lowest, quantile(values, TAIL));
      highest = Math.max(highest, quantile(values, 1 - TAIL));
    }
    if (width > 0) {
      lowest = Math.max(lowest, low - width);
      highest = Math.min(highest, high + width);
    }
    if (lowest == highest) {
      // Constant data: a bin needs a width that a double can hold.
      double half = Math.max(Math.abs(lowest) * 1e-3, 1e-9);
      return new Range(lowest - half, highest + half);
    }
    return new Range(lowest, highest);
  }

  private static double quantile(double[] sorted, double p) {
    return sorted[(int) Math.round(p * (sorted.length - 1))];
  }
}
