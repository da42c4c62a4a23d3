package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrendTestTest {

  static List<String[]> oracle() {
    return Oracle.rows("trend.csv");
  }

  @ParameterizedTest(name = "{0} {1} in {2}, seed {3}")
  @MethodSource("oracle")
  void equalsTheOracle(
      String kind,
      int n,
      int levels,
      long seed,
      double spearman,
      double spearmanP,
      double jonckheere,
      double z,
      double p) {
    Oracle.Points data = Oracle.points(kind, n, n, seed);
    double most = Math.max(1, Arrays.stream(data.x1).max().orElseThrow());
    double[] labels = Arrays.stream(data.x1).map(x -> Math.floor(x / most * levels)).toArray();
    TrendTest actual = TrendTest.of(labels, data.y1);
    assertEquals(n, actual.count());
    // A few roundings of sums of n terms.
    assertEquals(spearman, actual.spearman(), 1e-14 * n);
    assertEquals(jonckheere, actual.jonckheere());
    // z of the oracle has gone through a p-value and back.
    assertEquals(z, actual.z(), 1e-9);
    assertEquals(p, actual.jonckheereP(), 1e-11 * p);
    // Near 0 the coefficient's own rounding is all that is left.
    assertEquals(spearmanP, actual.spearmanP(), 1e-9 * spearmanP);
  }

  /** Hollander, Wolfe and Chicken, section 6.2: three groups of six, J = 79, J* = 2.02 untied. */
  @Test
  void theBooksExample() {
    double[] values = {40, 35, 38, 43, 44, 41, 38, 40, 47, 44, 40, 42, 48, 40, 45, 43, 46, 44};
    double[] labels = {0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2};
    TrendTest trend = TrendTest.of(labels, values);
    assertEquals(79, trend.jonckheere());
    assertTrue(trend.z() > 25 / Math.sqrt(153) && trend.z() < 2.06, "ties lessen the variance");
  }

  @Test
  void threeInOrderAreOneOfSixArrangements() {
    TrendTest rising = TrendTest.of(new double[] {1, 2, 3}, new double[] {5, 7, 9});
    assertEquals(3, rising.jonckheere());
    assertEquals(2.0 / 6, rising.jonckheereP(), 1e-15);
    TrendTest falling = TrendTest.of(new double[] {1, 2, 3}, new double[] {9, 7, 5});
    assertEquals(0, falling.jonckheere());
    assertEquals(rising.jonckheereP(), falling.jonckheereP());
    assertEquals(-rising.z(), falling.z(), 1e-15);
    assertEquals(-1, falling.spearman(), 1e-15);
  }

  @Test
  void theOrderOfObjectsDoesNotCount() {
    TrendTest one = TrendTest.of(new double[] {1, 1, 2, 3, 3}, new double[] {4, 6, 6, 5, 8});
    TrendTest other = TrendTest.of(new double[] {3, 1, 3, 2, 1}, new double[] {8, 6, 5, 6, 4});
    assertEquals(one.jonckheere(), other.jonckheere());
    assertEquals(one.z(), other.z());
    assertEquals(one.spearman(), other.spearman(), 1e-15);
  }

  @Test
  void aConstantSideHasNoTrend() {
    for (double[][] sides :
        new double[][][] {
          {{1, 1, 1}, {1, 2, 3}}, {{1, 2, 3}, {4, 4, 4}}, {{1}, {2}},
        }) {
      TrendTest trend = TrendTest.of(sides[0], sides[1]);
      assertTrue(Double.isNaN(trend.z()) && Double.isNaN(trend.jonckheereP()));
      assertTrue(Double.isNaN(trend.spearman()) && Double.isNaN(trend.spearmanP()));
    }
    // Two of two: no degrees of freedom for t, and both arrangements are as far.
    TrendTest two = TrendTest.of(new double[] {1, 2}, new double[] {1, 2});
    assertTrue(Double.isNaN(two.spearmanP()));
    assertEquals(1, two.jonckheereP());
  }

  @Test
  void emptyUnequalAndNotFiniteAreRefused() {
    double[] none = {};
    double[] one = {1};
    assertThrows(IllegalArgumentException.class, () -> TrendTest.of(none, none));
    assertThrows(IllegalArgumentException.class, () -> TrendTest.of(one, new double[] {1, 2}));
    assertThrows(
        IllegalArgumentException.class, () -> TrendTest.of(one, new double[] {Double.NaN}));
  }

  @Test
  @Tag("nightly")
  void aMillionObjectsAreNoMatter() {
    int n = 1_000_000;
    double[] values = Oracle.uniform(Oracle.stream(1), n);
    double[] labels = new double[n];
    Arrays.setAll(labels, i -> Math.floor(10 * values[i]));
    TrendTest trend = TrendTest.of(labels, values);
    long[] sizes = new long[10];
    Arrays.stream(labels).forEach(label -> sizes[(int) label]++);
    double pairs = (double) n * n - Arrays.stream(sizes).mapToDouble(s -> (double) s * s).sum();
    assertEquals(pairs / 2, trend.jonckheere(), "every pair rises");
    assertEquals(0, trend.jonckheereP());
  }
}
