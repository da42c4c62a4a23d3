package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DistributionSummaryTest {
  /** Sums of a thousand values below 10 round at about 1e-13. */
  private static final double EXACT = 1e-12;

  static List<String[]> oracle() {
    return Oracle.rows("summary.csv");
  }

  @ParameterizedTest(name = "{0} values, seed {1}")
  @MethodSource("oracle")
  void equalsNumPy(
      int n, long seed, double mean, double q05, double q25, double q50, double q75, double q95) {
    double[] values = Oracle.uniform(Oracle.stream(seed), n);
    Arrays.setAll(values, i -> values[i] * 10);
    double[] before = values.clone();
    DistributionSummary actual = DistributionSummary.of(values);
    assertEquals(n, actual.count());
    assertEquals(mean, actual.mean(), EXACT);
    assertEquals(q05, actual.quantile05(), EXACT);
    assertEquals(q25, actual.quantile25(), EXACT);
    assertEquals(q50, actual.median(), EXACT);
    assertEquals(q75, actual.quantile75(), EXACT);
    assertEquals(q95, actual.quantile95(), EXACT);
    assertArrayEquals(before, values, "the column is only read");
  }

  @Test
  void refusesUndefinedRows() {
    assertThrows(IllegalArgumentException.class, () -> DistributionSummary.of(new double[0]));
    assertThrows(
        IllegalArgumentException.class, () -> DistributionSummary.of(new double[] {1, Double.NaN}));
  }
}
