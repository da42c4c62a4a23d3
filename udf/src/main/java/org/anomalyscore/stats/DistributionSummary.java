package org.anomalyscore.stats;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.Quantile;
import org.apache.commons.statistics.descriptive.Quantile.EstimationMethod;

/**
 * Mean and quantiles of one column, such as the AS-i of a data set.
 *
 * <p>Quantiles interpolate linearly between order statistics at position p (n - 1): definition 7 of
 * Hyndman and Fan (1996, doi:10.2307/2684934), which is the default of NumPy, pandas and R.
 *
 * @param count number of rows
 * @param mean arithmetic mean
 * @param quantile05 the 5 % quantile
 * @param quantile25 the lower quartile
 * @param median the median
 * @param quantile75 the upper quartile
 * @param quantile95 the 95 % quantile
 */
public record DistributionSummary(
    int count,
    double mean,
    double quantile05,
    double quantile25,
    double median,
    double quantile75,
    double quantile95) {

  /**
   * The definition that the class comment names, for every quantile of this package. The library's
   * default reorders the array it is given.
   */
  static final Quantile QUANTILE =
      Quantile.withDefaults().withCopy(true).with(EstimationMethod.HF7);

  /**
   * Summarises a column; the array is read, not kept.
   *
   * @param values one finite value a row, at least 1
   * @throws IllegalArgumentException if there is no row, or a value is NaN or infinite
   */
  public static DistributionSummary of(double[] values) {
    Samples.requireFinite("the column", values);
    double[] q = QUANTILE.evaluate(values, 0.05, 0.25, 0.5, 0.75, 0.95);
    return new DistributionSummary(
        values.length, Mean.of(values).getAsDouble(), q[0], q[1], q[2], q[3], q[4]);
  }
}
