package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MannKendallTest {

  static List<String[]> oracle() {
    return Oracle.rows("mann_kendall.csv");
  }

  /** As {@code series(kind, n, seed)} of the script, bit for bit. */
  private static double[] series(String kind, int n, long seed) {
    double[] u = Oracle.uniform(Oracle.stream(seed), n);
    Arrays.setAll(
        u,
        t ->
            switch (kind) {
              case "drift" -> u[t] + 0.02 * t;
              case "falling" -> u[t] - 0.05 * t;
              case "ties" -> Math.floor(4 * u[t]);
              case "two_levels" -> Math.floor(2 * u[t]);
              case "gaps" -> t % 3 == 1 ? Double.NaN : u[t] + 0.02 * t;
              case "outlier" -> t == n - 1 ? 1e6 : u[t];
              default -> u[t];
            });
    return u;
  }

  @ParameterizedTest(name = "{0} of {1}, seed {2}")
  @MethodSource("oracle")
  void equalsTheOracle(
      String kind, int n, long seed, int count, double s, double z, double p, double slope) {
    MannKendall actual = MannKendall.of(series(kind, n, seed));
    assertEquals(count, actual.count());
    assertEquals(s, actual.s());
    // z of the oracle has gone through a p-value and back.
    assertEquals(z, actual.z(), 1e-9);
    assertEquals(p, actual.p(), 1e-11 * p);
    assertEquals(slope, actual.slope(), 1e-12 * Math.max(1, Math.abs(slope)));
    assertEquals(s > 0 ? p / 2 : 1 - p / 2, actual.risingP(), 1e-11);
  }

  @Test
  void sixThatRiseAreOneOf720Orders() {
    MannKendall rising = MannKendall.of(1, 2, 3, 4, 5, 6);
    assertEquals(15, rising.s());
    assertEquals(2.0 / 720, rising.p(), 1e-15);
    assertEquals(1.0 / 720, rising.risingP(), 1e-15);
    assertEquals(1, rising.slope());
    assertEquals(1 - 1.0 / 720, MannKendall.of(6, 5, 4, 3, 2, 1).risingP(), 1e-15);
  }

  @Test
  void whatCannotRiseHasNoTrend() {
    for (double[] series : new double[][] {{}, {3}, {Double.NaN, Double.NaN}, {Double.NaN, 2}}) {
      MannKendall none = MannKendall.of(series);
      assertTrue(Double.isNaN(none.z()) && Double.isNaN(none.p()) && Double.isNaN(none.slope()));
      assertTrue(Double.isNaN(none.risingP()));
      assertEquals(0, none.s());
    }
    MannKendall constant = MannKendall.of(4, 4, 4, 4);
    assertTrue(Double.isNaN(constant.p()) && Double.isNaN(constant.risingP()));
    assertEquals(0, constant.slope());
    // Two have two orders, and neither is rare.
    assertEquals(1, MannKendall.of(1, 2).p());
  }

  @Test
  void missingValuesLeaveTheirPlaceInTime() {
    MannKendall gap = MannKendall.of(Double.NaN, 1, Double.NaN, Double.NaN, 7, Double.NaN);
    assertEquals(2, gap.count());
    assertEquals(2, gap.slope());
  }

  @Test
  void infinityIsRefused() {
    assertThrows(
        IllegalArgumentException.class, () -> MannKendall.of(1, Double.POSITIVE_INFINITY, 2));
  }
}
