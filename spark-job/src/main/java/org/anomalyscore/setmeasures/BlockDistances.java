package org.anomalyscore.setmeasures;

/**
 * Squared Euclidean distances between the rows of two blocks. One matrix product gives all of them
 * up to rounding; where a decision depends on the rounding, {@link #exact} gives it. So what is
 * decided, ties and identical images included, is that of the plain sum of squared differences,
 * whatever the product's order of summation is on a machine.
 */
final class BlockDistances {

  private final int dimension;
  private final int leftRows;
  private final double[] left;
  private final double[] right;
  private final double[] leftNorms;
  private final double[] rightNorms;
  private final double[] products;
  private final double slack;

  BlockDistances(FeatureBlock left, FeatureBlock right) {
    this.dimension = left.dimension();
    this.leftRows = left.rows();
    this.left = Netlib.widen(left.values());
    this.right = Netlib.widen(right.values());
    this.leftNorms = norms(this.left, left.rows());
    this.rightNorms = norms(this.right, right.rows());
    this.products =
        Netlib.transposedTimes(this.left, this.right, left.rows(), right.rows(), dimension);
    // A sum of d products is off by d roundings of ‖x‖‖y‖ at most (Higham 2002, Eq. 3.5), and three
    // such sums make a distance; twice that, to be sure.
    this.slack = 2.0 * (dimension + 3) * 0x1p-53;
  }

  /** A number that the distance is not below, within a relative 1e-13 of ‖x‖² + ‖y‖². */
  double atLeast(int i, int j) {
    double squares = leftNorms[i] + rightNorms[j];
    return squares - 2 * products[j * leftRows + i] - slack * squares;
  }

  /** The sum of squared differences, always in the same order, and symmetric. */
  double exact(int i, int j) {
    int x = i * dimension;
    int y = j * dimension;
    // Four sums, as one would wait for each addition.
    double a = 0;
    double b = 0;
    double c = 0;
    double e = 0;
    int t = 0;
    for (; t + 3 < dimension; t += 4) {
      double d0 = left[x + t] - right[y + t];
      double d1 = left[x + t + 1] - right[y + t + 1];
      double d2 = left[x + t + 2] - right[y + t + 2];
      double d3 = left[x + t + 3] - right[y + t + 3];
      a += d0 * d0;
      b += d1 * d1;
      c += d2 * d2;
      e += d3 * d3;
    }
    for (; t < dimension; t++) {
      double d = left[x + t] - right[y + t];
      a += d * d;
    }
    return a + b + (c + e);
  }

  /** True where the distance is not above {@code radius}, which is squared too. */
  boolean within(int i, int j, double radius) {
    double squares = leftNorms[i] + rightNorms[j];
    double about = squares - 2 * products[j * leftRows + i];
    double error = slack * squares;
    if (about + error < radius) {
      return true;
    }
    return !(about - error > radius) && exact(i, j) <= radius;
  }

  private double[] norms(double[] rows, int n) {
    double[] norms = new double[n];
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int t = i * dimension; t < (i + 1) * dimension; t++) {
        sum += rows[t] * rows[t];
      }
      norms[i] = sum;
    }
    return norms;
  }
}
