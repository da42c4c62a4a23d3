package org.anomalyscore.measure;

/**
 * Geometry of feature vectors, in double.
 *
 * <p>Paper: "Anomaly Score", CVPR 2024, arXiv 2312.10634, Eq. 1 and Eq. 5.
 */
final class FeaturePath {

  private FeaturePath() {}

  /**
   * Complexity C (Eq. 1): the mean angle between successive steps of a path of features.
   *
   * @param path K + 1 feature vectors of one length, K &gt;= 2
   * @return radians in [0, pi]; NaN when a step is zero or a feature is not finite
   */
  static double complexity(double[][] path) {
    int steps = path.length - 1;
    double sum = 0;
    double[] previous = step(path, 0);
    for (int k = 1; k < steps; k++) {
      double[] next = step(path, k);
      sum += angle(previous, next);
      previous = next;
    }
    return sum / (steps - 1);
  }

  /** The mean Euclidean length of the path's steps; NaN or infinite when a feature is. */
  static double meanStepNorm(double[][] path) {
    double sum = 0;
    for (int k = 0; k + 1 < path.length; k++) {
      sum += distance(path[k], path[k + 1]);
    }
    return sum / (path.length - 1);
  }

  /** Vulnerability V (Eq. 5): the Euclidean distance of two feature vectors. */
  static double distance(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = b[i] - a[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum);
  }

  /**
   * The angle between two vectors, by Kahan's form 2·atan2(‖â − b̂‖, ‖â + b̂‖) on unit vectors.
   *
   * <p>It keeps full accuracy near 0 and pi, where the arccos of a rounded dot product loses half
   * of the digits or is NaN (W. Kahan, "How Futile are Mindless Assessments of Roundoff in
   * Floating-Point Computation?", 2006, section 12).
   *
   * @return radians in [0, pi]; NaN when a vector is zero or not finite
   */
  static double angle(double[] a, double[] b) {
    double normA = norm(a);
    double normB = norm(b);
    double minus = 0;
    double plus = 0;
    for (int i = 0; i < a.length; i++) {
      double unitA = a[i] / normA;
      double unitB = b[i] / normB;
      minus += (unitA - unitB) * (unitA - unitB);
      plus += (unitA + unitB) * (unitA + unitB);
    }
    // StrictMath: the same bits on every platform.
    return 2 * StrictMath.atan2(Math.sqrt(minus), Math.sqrt(plus));
  }

  private static double norm(double[] v) {
    double sum = 0;
    for (double value : v) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static double[] step(double[][] path, int k) {
    double[] v = new double[path[k].length];
    for (int i = 0; i < v.length; i++) {
      v[i] = path[k + 1][i] - path[k][i];
    }
    return v;
  }
}
