package org.anomalyscore.stats;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Variance;

/**
 * How far single values stand above their own noise: the share of the variance between rows that
 * would be there again if every value were measured anew.
 */
public final class Repeatability {

  private Repeatability() {}

  /**
   * The repeatability of values with known standard errors,
   *
   * <pre>1 - mean(standardError²) / variance(value),</pre>
   *
   * the variance with n - 1 in the denominator. It estimates the correlation between these values
   * and those of the same rows measured independently: the marginal reliability of Green, Bock,
   * Humphreys, Linn and Reckase (1984, Journal of Educational Measurement 21(4), 347-360,
   * doi:10.1111/j.1745-3984.1984.tb01039.x).
   *
   * @param values one finite value a row
   * @param standardErrors of the values, row by row
   * @return at most 1; below 0 where the errors are larger than chance let the values differ; NaN
   *     for fewer than two rows, for equal values, or where an error is not known (NaN)
   * @throws IllegalArgumentException if the arrays differ in length, or a value is NaN or infinite
   */
  public static double of(double[] values, double[] standardErrors) {
    Samples.requireFinite("the column", values);
    if (values.length != standardErrors.length) {
      throw new IllegalArgumentException(
          values.length + " values, but " + standardErrors.length + " standard errors");
    }
    double[] squares = new double[values.length];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = standardErrors[i] * standardErrors[i];
    }
    double variance = values.length < 2 ? 0 : Variance.of(values).getAsDouble();
    return variance > 0 ? 1 - Mean.of(squares).getAsDouble() / variance : Double.NaN;
  }
}
