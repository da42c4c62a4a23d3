package org.anomalyscore.training;

/**
 * Adam with weight decay apart from the gradient: Loshchilov and Hutter 2019, arXiv:1711.05101,
 * algorithm 2, as PyTorch's {@code torch.optim.AdamW} computes it.
 */
final class AdamW {

  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;
  private static final double EPSILON = 1e-8;

  private final double decay;
  private final double[] mean;
  private final double[] square;
  private double power1 = 1;
  private double power2 = 1;

  /**
   * @param weights how many there are
   * @param decay of the weights, times the rate a step
   */
  AdamW(int weights, double decay) {
    this.decay = decay;
    this.mean = new double[weights];
    this.square = new double[weights];
  }

  /** Changes the weights by one step. */
  void step(float[] weights, float[] gradient, double rate) {
    power1 *= BETA1;
    power2 *= BETA2;
    double root = Math.sqrt(1 - power2);
    double size = rate / (1 - power1);
    for (int i = 0; i < weights.length; i++) {
      double g = gradient[i];
      mean[i] = BETA1 * mean[i] + (1 - BETA1) * g;
      square[i] = BETA2 * square[i] + (1 - BETA2) * g * g;
      double kept = weights[i] * (1 - rate * decay);
      weights[i] = (float) (kept - size * mean[i] / (Math.sqrt(square[i]) / root + EPSILON));
    }
  }
}
