package org.anomalyscore.training;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AdamWTest {

  @Test
  void itStepsAsPyTorchDoes() {
    float[] weights = Oracle.made(5, 0.37);
    AdamW optimiser = new AdamW(5, 0.05);
    for (int step = 1; step <= 20; step++) {
      optimiser.step(weights, Oracle.made(5, 0.11 * step), 0.01);
    }
    double[] expected = Oracle.numbers(Oracle.read().get("adamw"));
    for (int i = 0; i < 5; i++) {
      assertEquals(expected[i], weights[i], 2e-6);
    }
  }

  /** Without a gradient only the decay is left. */
  @Test
  void aWeightWithoutAGradientDecays() {
    float[] weights = {1, 0};
    new AdamW(2, 0.5).step(weights, new float[2], 0.1);
    assertEquals(0.95f, weights[0]);
    assertEquals(0, weights[1]);
  }
}
