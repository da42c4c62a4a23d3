package org.anomalyscore.stats;

import java.util.Arrays;

/** What every statistic here requires of its input. */
final class Samples {
  /** No values. */
  static final double[] NONE = {};

  private Samples() {}

  /** Refuses empty input, coordinates that differ in number, and values that are not finite. */
  static void requirePoints(String sample, double[] x, double[] y) {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "Cannot use "
              + sample
              + ": it has "
              + x.length
              + " first and "
              + y.length
              + " second coordinates; give two arrays of one length.");
    }
    requireFinite(sample, x);
    requireFinite(sample, y);
  }

  /** Refuses empty input and values that are not finite. */
  static void requireFinite(String sample, double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "Cannot use " + sample + ": it is empty; give at least one row.");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "Cannot use "
                + sample
                + ": row "
                + i
                + " is "
                + values[i]
                + ", which has no rank; leave degenerate rows out before comparing.");
      }
    }
  }

  /** True if all values are equal; their mean may differ from them by a rounding. */
  static boolean isConstant(double[] values) {
    return Arrays.stream(values).allMatch(v -> v == values[0]);
  }
}
