package org.anomalyscore.setmeasures;

/**
 * A measure of two sets, or of one, and its error; NaN where undefined.
 *
 * @param value the measure
 * @param error one standard error, or what the measure says that it is
 */
public record Estimate(double value, double error) {

  static final Estimate UNDEFINED = new Estimate(Double.NaN, Double.NaN);
}
