package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class FalseDiscoveryRateTest {

  /** The fifteen p-values of Benjamini and Hochberg's example (1995, section 4). */
  @Test
  void theExampleOfThePaper() {
    double[] p = {
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
      0.5719, 0.6528, 0.7590, 1
    };
    // m p / k, but never more than that of the next: what p.adjust(p, "BH") of R gives.
    double[] q = {
      0.0015,
      0.003,
      0.0095,
      0.035625,
      0.0603,
      0.0638571428571429,
      0.0638571428571429,
      0.0645,
      0.0765,
      0.486,
      0.581181818181818,
      0.714875,
      0.753230769230769,
      0.813214285714286,
      1
    };
    assertArrayEquals(q, FalseDiscoveryRate.qValues(p), 1e-14);
  }

  @Test
  void orderDoesNotMatterAndTiesAreEqual() {
    assertArrayEquals(
        new double[] {0.05, 1, 0.06, 0.06, 0.5},
        FalseDiscoveryRate.qValues(new double[] {0.01, 1, 0.036, 0.036, 0.4}),
        1e-15);
  }

  @Test
  void whatIsNoTestStaysSo() {
    assertArrayEquals(
        new double[] {Double.NaN, 0.02, Double.NaN, 0.5},
        FalseDiscoveryRate.qValues(new double[] {Double.NaN, 0.01, Double.NaN, 0.5}));
    assertArrayEquals(new double[0], FalseDiscoveryRate.qValues(new double[0]));
  }
}
