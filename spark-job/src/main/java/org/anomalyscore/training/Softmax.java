package org.anomalyscore.training;

import java.util.Arrays;

/** Probabilities of classes. */
public final class Softmax {

  private Softmax() {}

  /**
   * exp(x_i) over the sum of all, without an overflow.
   *
   * @param logits one a class
   */
  public static double[] of(double[] logits) {
    double most = Arrays.stream(logits).max().orElseThrow();
    double[] shares = Arrays.stream(logits).map(x -> Math.exp(x - most)).toArray();
    double sum = 0;
    for (double share : shares) {
      sum += share;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
    }
    return shares;
  }

  /** The cross-entropy of an answer, -ln of the probability of what is right. */
  static double loss(double[] logits, int label) {
    double most = Arrays.stream(logits).max().orElseThrow();
    double sum = 0;
    for (double x : logits) {
      sum += Math.exp(x - most);
    }
    return Math.log(sum) + most - logits[label];
  }
}
