package org.anomalyscore.setmeasures;

import java.io.Serializable;

/**
 * Count, mean and scatter of rows, in double. The scatter is taken about the mean of each block,
 * and sets are joined by the formulas of Chan, Golub and LeVeque (1979, Stanford STAN-CS-79-773,
 * Eq. 2.1), so that nothing cancels where the mean is large against the spread.
 *
 * @param group of the rows, or that of the first where groups were joined
 * @param count number of rows, at least 1
 * @param mean {@code dimension} values
 * @param scatter the sum over rows of (x − mean)(x − mean)ᵀ, {@code dimension × dimension}
 */
record Moments(int group, int count, double[] mean, double[] scatter) implements Serializable {

  /**
   * Of the rows of a block.
   *
   * @param rows its values, or others of the same rows; they are changed
   */
  static Moments of(FeatureBlock block, double[] rows) {
    int d = block.dimension();
    double[] mean = new double[d];
    for (int i = 0; i < rows.length; i += d) {
      for (int t = 0; t < d; t++) {
        mean[t] += rows[i + t];
      }
    }
    for (int t = 0; t < d; t++) {
      mean[t] /= block.rows();
    }
    for (int i = 0; i < rows.length; i += d) {
      for (int t = 0; t < d; t++) {
        rows[i + t] -= mean[t];
      }
    }
    return new Moments(
        block.group(), block.rows(), mean, Netlib.timesTransposed(rows, d, block.rows()));
  }

  /** The moments of both sets of rows. */
  Moments plus(Moments other) {
    int n = count + other.count;
    double weight = (double) other.count / n;
    double[] joined = new double[mean.length];
    double[] shift = new double[mean.length];
    for (int t = 0; t < mean.length; t++) {
      shift[t] = other.mean[t] - mean[t];
      joined[t] = mean[t] + weight * shift[t];
    }
    return new Moments(group, n, joined, joined(other, shift, 1, count * weight));
  }

  /** The moments of the rows that are not among these of {@code part}, of which some remain. */
  Moments without(Moments part) {
    int n = count - part.count;
    double[] rest = new double[mean.length];
    double[] shift = new double[mean.length];
    for (int t = 0; t < mean.length; t++) {
      rest[t] = mean[t] - (part.mean[t] - mean[t]) * part.count / n;
      shift[t] = part.mean[t] - rest[t];
    }
    double weight = (double) n * part.count / count;
    return new Moments(group, n, rest, joined(part, shift, -1, -weight));
  }

  /** The unbiased covariance, {@code dimension × dimension}; NaN for one row. */
  double[] covariance() {
    double[] covariance = scatter.clone();
    for (int i = 0; i < covariance.length; i++) {
      covariance[i] /= count - 1;
    }
    return covariance;
  }

  private double[] joined(Moments other, double[] shift, int sign, double weight) {
    int d = mean.length;
    double[] sum = new double[d * d];
    for (int c = 0; c < d; c++) {
      double scaled = weight * shift[c];
      for (int r = 0; r < d; r++) {
        int i = c * d + r;
        sum[i] = scatter[i] + sign * other.scatter[i] + scaled * shift[r];
      }
    }
    return sum;
  }
}
