package org.anomalyscore.stats;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Where the (log C, log V) of natural images lie, and how far an image lies from there: the robust
 * Mahalanobis distance by the orthogonalised estimator of Gnanadesikan and Kettenring (Maronna and
 * Zamar 2002, Technometrics 44(4), doi:10.1198/004017002188618509), one step, with median and
 * median absolute deviation (times 1.4826) as location and scale.
 *
 * <p>With x = log C / s(log C) and y = log V / s(log V), s the scale, two coordinates always have
 * the principal axes u = (x + y) / sqrt 2 and w = (x - y) / sqrt 2 of that estimator. The distance
 * is sqrt(((u - m(u)) / s(u))^2 + ((w - m(w)) / s(w))^2), m the median: in robust standard
 * deviations, 0 in the middle. It is two-sided, since it does not ask which of C and V is too high
 * or too low. Up to half of the reference's images may lie anywhere without moving it far.
 *
 * <p>Where half of the reference's images or more have one and the same C or V, or C and V
 * determine each other, there is no scatter, and all distances are NaN.
 *
 * <p>An image with C or V 0 has the logarithm minus infinity and lies infinitely far out.
 * Logarithms are those of {@link StrictMath}, so that the same C and V have the same bits on the
 * driver and in tasks, interpreted or compiled.
 *
 * @param scaleX robust standard deviation of log C
 * @param scaleY of log V
 * @param medianX median of log C
 * @param medianY of log V
 * @param medianU median of u
 * @param scaleU robust standard deviation of u
 * @param medianW median of w
 * @param scaleW robust standard deviation of w
 */
public record RobustScatter(
    double scaleX,
    double scaleY,
    double medianX,
    double medianY,
    double medianU,
    double scaleU,
    double medianW,
    double scaleW)
    implements Serializable {

  /** Below this a spread of u or w, whose size is about 1, is rounding. */
  private static final double ROUNDING = 1e-9;

  /** A coordinate so many robust standard deviations from the median is called high or low. */
  private static final double OUTSIDE = 1;

  /**
   * Measures a reference. Images whose C or V has no finite logarithm are left out.
   *
   * @param complexity C of each image, radians
   * @param vulnerability V of the same image
   * @throws IllegalArgumentException if the arrays differ in length
   */
  public static RobustScatter of(double[] complexity, double[] vulnerability) {
    return of(logs(complexity, vulnerability));
  }

  /**
   * The same of logarithms.
   *
   * @param logs of {@link #logs}
   */
  static RobustScatter of(double[][] logs) {
    if (logs[0].length < 2) {
      return undefined();
    }
    WithoutOne x = new WithoutOne(logs[0]);
    WithoutOne y = new WithoutOne(logs[1]);
    double scaleX = x.deviation();
    double scaleY = y.deviation();
    if (!(scaleX > 0 && scaleY > 0)) {
      return undefined();
    }
    WithoutOne u = new WithoutOne(axis(logs, scaleX, scaleY, 1));
    WithoutOne w = new WithoutOne(axis(logs, scaleX, scaleY, -1));
    return new RobustScatter(
        scaleX,
        scaleY,
        x.median(),
        y.median(),
        u.median(),
        u.deviation(),
        w.median(),
        w.deviation());
  }

  private static RobustScatter undefined() {
    double none = Double.NaN;
    return new RobustScatter(none, none, none, none, none, none, none, none);
  }

  /** The finite logarithms of both, image by image. */
  static double[][] logs(double[] complexity, double[] vulnerability) {
    if (complexity.length != vulnerability.length) {
      throw new IllegalArgumentException(
          "Cannot compare "
              + complexity.length
              + " values of C with "
              + vulnerability.length
              + " of V: give both of each image.");
    }
    double[][] logs = new double[2][complexity.length];
    int n = 0;
    for (int i = 0; i < complexity.length; i++) {
      double x = StrictMath.log(complexity[i]);
      double y = StrictMath.log(vulnerability[i]);
      if (Double.isFinite(x) && Double.isFinite(y)) {
        logs[0][n] = x;
        logs[1][n++] = y;
      }
    }
    return new double[][] {Arrays.copyOf(logs[0], n), Arrays.copyOf(logs[1], n)};
  }

  /** The coordinates u, for the sign 1, or w, for -1. */
  static double[] axis(double[][] logs, double scaleX, double scaleY, int sign) {
    double[] axis = new double[logs[0].length];
    Arrays.setAll(axis, i -> axis(logs[0][i], logs[1][i], scaleX, scaleY, sign));
    return axis;
  }

  private static double axis(double x, double y, double scaleX, double scaleY, int sign) {
    return (x / scaleX + sign * (y / scaleY)) / Math.sqrt(2);
  }

  /** The distance of coordinates of the principal axes; NaN where there is no scatter. */
  static double distance(
      double u, double w, double medianU, double scaleU, double medianW, double scaleW) {
    return scaleU > ROUNDING && scaleW > ROUNDING
        ? Math.hypot((u - medianU) / scaleU, (w - medianW) / scaleW)
        : Double.NaN;
  }

  /** Whether the reference has a scatter. */
  public boolean isDefined() {
    return scaleU > ROUNDING && scaleW > ROUNDING;
  }

  /**
   * How far an image lies from the middle of the reference.
   *
   * @return robust standard deviations, at least 0; infinite where the logarithm of C or V is, as
   *     of 0; NaN where one has no logarithm or the reference has no scatter
   */
  public double distance(double complexity, double vulnerability) {
    double x = StrictMath.log(complexity);
    double y = StrictMath.log(vulnerability);
    if (Double.isNaN(x) || Double.isNaN(y) || !isDefined()) {
      return Double.NaN;
    }
    if (Double.isInfinite(x) || Double.isInfinite(y)) {
      return Double.POSITIVE_INFINITY;
    }
    return distance(
        axis(x, y, scaleX, scaleY, 1),
        axis(x, y, scaleX, scaleY, -1),
        medianU,
        scaleU,
        medianW,
        scaleW);
  }

  /**
   * Which of C and V is high or low, in words: each that lies one robust standard deviation or more
   * from the reference's median, as {@code C high, V low}, or {@code neither}.
   *
   * @return null where {@link #distance(double, double)} is NaN
   */
  public String direction(double complexity, double vulnerability) {
    if (Double.isNaN(distance(complexity, vulnerability))) {
      return null;
    }
    String c = side("C", (StrictMath.log(complexity) - medianX) / scaleX);
    String v = side("V", (StrictMath.log(vulnerability) - medianY) / scaleY);
    return c.isEmpty() && v.isEmpty()
        ? "neither"
        : c + (c.isEmpty() || v.isEmpty() ? "" : ", ") + v;
  }

  private static String side(String name, double z) {
    return Math.abs(z) < OUTSIDE ? "" : name + (z > 0 ? " high" : " low");
  }
}
