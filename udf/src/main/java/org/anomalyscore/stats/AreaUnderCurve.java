package org.anomalyscore.stats;

import org.apache.commons.statistics.inference.MannWhitneyUTest;

/**
 * The area under a classifier's receiver operating characteristic: how often a positive object has
 * the higher score of a positive and a negative one, ties counting half. 0.5 is chance.
 *
 * <p>The interval holds all areas a for which the measured one lies within z standard errors of a,
 * with the variance that Hanley and McNeil give for a (1982, eq. 1-2 with Q1 = a / (2 - a) and Q2 =
 * 2 a^2 / (1 + a), doi:10.1148/radiology.143.1.7063747). Newcombe recommends this inversion (2006,
 * method 5, doi:10.1002/sim.2324; for equal sizes the same formula): it stays in [0, 1], and keeps
 * a width where the classes are separated completely, as the plain standard error does not.
 *
 * @param area in [0, 1]
 * @param low lower end of the interval, in [0, area]
 * @param high upper end, in [area, 1]
 */
public record AreaUnderCurve(double area, double low, double high) {

  /** Halvings of an interval of length 1: more than a double has digits. */
  private static final int HALVINGS = 64;

  /**
   * Measures the area; the arrays are read, not kept.
   *
   * @param negatives one finite score an object, at least 1
   * @param positives the same of the other class
   * @param confidence of the interval, in (0, 1)
   * @throws IllegalArgumentException if a class is empty, a score is NaN or infinite, or the
   *     confidence out of range
   */
  public static AreaUnderCurve of(double[] negatives, double[] positives, double confidence) {
    Samples.requireFinite("the scores of negatives", negatives);
    Samples.requireFinite("the scores of positives", positives);
    double z = ProportionInterval.normalQuantile(confidence);
    double pairs = (double) negatives.length * positives.length;
    double area = MannWhitneyUTest.withDefaults().statistic(positives, negatives) / pairs;
    return new AreaUnderCurve(
        area,
        end(area, 0, z, negatives.length, positives.length),
        end(area, 1, z, negatives.length, positives.length));
  }

  /** Hanley and McNeil's variance of a measured area whose expectation is {@code a}. */
  static double variance(double a, int negatives, int positives) {
    double q1 = a / (2 - a);
    double q2 = 2 * a * a / (1 + a);
    return (a * (1 - a) + (positives - 1) * (q1 - a * a) + (negatives - 1) * (q2 - a * a))
        / ((double) negatives * positives);
  }

  /** Where, between the area and 0 or 1, the distance becomes z standard errors. */
  private static double end(double area, double bound, double z, int negatives, int positives) {
    double inside = area;
    double outside = bound;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (inside + outside) / 2;
      double distance = area - middle;
      if (distance * distance <= z * z * variance(middle, negatives, positives)) {
        inside = middle;
      } else {
        outside = middle;
      }
    }
    return outside;
  }
}
