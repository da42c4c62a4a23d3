package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorrelationTest {
  private static final int PERMUTATIONS = 40_000;

  static List<String[]> oracle() {
    return Oracle.rows("correlation.csv");
  }

  @ParameterizedTest(name = "{0} {1}, seed {2}")
  @MethodSource("oracle")
  void equalsSciPy(
      String kind,
      int n,
      long seed,
      String pearson,
      String pearsonP,
      String spearman,
      String spearmanP) {
    Oracle.Points data = Oracle.points(kind, n, n, seed);
    Correlation actual = Correlation.of(data.x1, data.y1, n < 8 ? PERMUTATIONS : 1, 0);
    assertEquals(n, actual.count());
    // A few roundings of sums of n terms.
    assertEquals(Oracle.number(pearson), actual.pearson(), 1e-14 * n);
    assertEquals(Oracle.number(spearman), actual.spearman(), 1e-14 * n);
    if (n < 8) {
      closeToExact(Oracle.number(pearsonP), actual.pearsonP());
      closeToExact(Oracle.number(spearmanP), actual.spearmanP());
    }
  }

  /** The script went over all pairings, this over random ones: five standard errors apart. */
  private static void closeToExact(double exact, double sampled) {
    assertEquals(exact, sampled, 5 * Math.sqrt(exact * (1 - exact) / PERMUTATIONS) + 1e-4);
  }

  @Test
  void aSeedGivesOneResultAndTheOrderOfObjectsNone() {
    double[] x = {1, 2, 3, 4, 5, 6};
    double[] y = {2, 1, 4, 3, 6, 5};
    Correlation one = Correlation.of(x, y, 999, 7);
    assertEquals(one, Correlation.of(x, y, 999, 7));
    assertTrue(one.pearsonP() != Correlation.of(x, y, 999, 8).pearsonP());
    Correlation turned =
        Correlation.of(new double[] {6, 5, 4, 3, 2, 1}, new double[] {5, 6, 3, 4, 1, 2}, 999, 7);
    assertEquals(one.pearson(), turned.pearson(), 1e-15);
  }

  @Test
  void opposedMeasuresGiveMinusOne() {
    Correlation c = Correlation.of(new double[] {1, 2, 3, 4}, new double[] {9, 4, 1, 0}, 10_000, 0);
    assertEquals(-1, c.spearman(), 1e-15);
    assertTrue(c.pearson() > -1 && c.pearson() < -0.9);
    // 2 of the 24 pairings are as far from 0.
    assertEquals(2 / 24.0, c.spearmanP(), 0.015);
  }

  @Test
  void aConstantMeasureHasNoCorrelation() {
    Correlation c = Correlation.of(new double[] {1, 2, 3}, new double[] {0.1, 0.1, 0.1}, 10, 0);
    assertTrue(Double.isNaN(c.pearson()) && Double.isNaN(c.pearsonP()));
    assertTrue(Double.isNaN(c.spearman()) && Double.isNaN(c.spearmanP()));
  }

  @Test
  void whatCannotBeCorrelatedIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Correlation.of(new double[] {1, 2}, new double[] {1, 2}, 10, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Correlation.of(new double[] {1, 2, 3}, new double[] {1, 2}, 10, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Correlation.of(new double[] {1, 2, Double.NaN}, new double[] {1, 2, 3}, 10, 0));
    assertThrows(
        IllegalArgumentException.class,
        () -> Correlation.of(new double[] {1, 2, 3}, new double[] {1, 2, 3}, 0, 0));
  }
}
