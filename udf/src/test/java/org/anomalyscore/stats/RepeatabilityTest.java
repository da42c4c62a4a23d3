package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RepeatabilityTest {

  static List<String[]> oracle() {
    return Oracle.rows("repeatability.csv");
  }

  @ParameterizedTest(name = "{0} values, seed {1}, errors up to {2}")
  @MethodSource("oracle")
  void equalsNumPy(int n, long seed, double scale, double expected) {
    double[] both = Oracle.uniform(Oracle.stream(seed), 2 * n);
    double[] values = Arrays.copyOf(both, n);
    Arrays.setAll(values, i -> values[i] * 10);
    double[] errors = Arrays.copyOfRange(both, n, 2 * n);
    Arrays.setAll(errors, i -> errors[i] * scale);
    assertEquals(expected, Repeatability.of(values, errors), 1e-12 * Math.max(1, -expected));
  }

  @Test
  void exactValuesRepeatAndLooseOnesDoNot() {
    double[] values = {1, 2, 4};
    assertEquals(1, Repeatability.of(values, new double[3]));
    // The variance is 7 / 3.
    assertEquals(1 - 3 / 7.0, Repeatability.of(values, new double[] {1, 1, 1}), 1e-15);
    assertTrue(Repeatability.of(values, new double[] {9, 9, 9}) < 0);
  }

  @Test
  void whatIsNotDefinedIsNaN() {
    assertEquals(Double.NaN, Repeatability.of(new double[] {1}, new double[] {0}));
    assertEquals(Double.NaN, Repeatability.of(new double[] {2, 2}, new double[] {1, 1}));
    assertEquals(Double.NaN, Repeatability.of(new double[] {1, 2}, new double[] {1, Double.NaN}));
    assertThrows(
        IllegalArgumentException.class,
        () -> Repeatability.of(new double[] {1, Double.NaN}, new double[2]));
    assertThrows(
        IllegalArgumentException.class, () -> Repeatability.of(new double[2], new double[3]));
  }

  /**
   * What the number means: values of 4,000 rows with a spread of 2, each the mean of 3 draws with a
   * spread of 1 to 3 around it, against the mean of 3 other draws. Both sides have a standard error
   * of about 0.01.
   */
  @Test
  void isTheCorrelationOfTwoMeasurements() {
    UniformRandomProvider random = Oracle.stream(9);
    ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    int n = 4000;
    double[][] means = new double[2][n];
    double[] errors = new double[n];
    for (int i = 0; i < n; i++) {
      double truth = 2 * gaussian.sample();
      double spread = 1 + 2 * random.nextDouble();
      for (int side = 0; side < 2; side++) {
        double[] draws = new double[3];
        for (int draw = 0; draw < 3; draw++) {
          draws[draw] = truth + spread * gaussian.sample();
        }
        double mean = Arrays.stream(draws).sum() / 3;
        double squares = Arrays.stream(draws).map(v -> (v - mean) * (v - mean)).sum();
        means[side][i] = mean;
        errors[i] = Math.sqrt(squares / 2 / 3);
      }
    }
    double expected = Correlation.pearson(means[0], means[1]);
    assertEquals(expected, Repeatability.of(means[1], errors), 0.04);
  }
}
