package org.anomalyscore.setmeasures;

/**
 * The normal distribution of a set of features: all that the Fréchet distance needs of it.
 *
 * @param mean {@code dimension} values
 * @param covariance unbiased (n − 1), {@code dimension × dimension}, symmetric
 */
// The arrays are the content, and these are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
public record NormalFit(double[] mean, double[] covariance) {

  /**
   * As of two rows, whose scatter is their unbiased covariance; of how many it is does not matter.
   */
  Moments moments() {
    return new Moments(0, 2, mean, covariance);
  }
}
