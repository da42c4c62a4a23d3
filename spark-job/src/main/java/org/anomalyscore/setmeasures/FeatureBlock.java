package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Consecutive rows of a {@link FeatureSet}.
 *
 * @param start index of the first row in the set
 * @param group of all rows
 * @param rows number of rows
 * @param dimension of the features
 * @param values row by row, {@code rows × dimension}
 */
record FeatureBlock(int start, int group, int rows, int dimension, float[] values)
    implements Serializable {

  /** The values in double. */
  double[] wide() {
    return Netlib.widen(values);
  }

  /** The rows scaled to unit length, in double; a row of zeros, which has no direction, is NaN. */
  double[] unit() {
    double[] unit = wide();
    for (int from = 0; from < unit.length; from += dimension) {
      double squares = 0;
      for (int t = from; t < from + dimension; t++) {
        squares += unit[t] * unit[t];
      }
      double length = Math.sqrt(squares);
      for (int t = from; t < from + dimension; t++) {
        unit[t] /= length;
      }
    }
    return unit;
  }

  /** The first of its rows. */
  FeatureBlock first(int count) {
    return count >= rows
        ? this
        : new FeatureBlock(
            start, group, count, dimension, Arrays.copyOf(values, count * dimension));
  }
}
