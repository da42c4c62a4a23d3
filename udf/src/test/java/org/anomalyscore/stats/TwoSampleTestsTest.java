package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TwoSampleTestsTest {
  /** Relative: the special functions of two libraries differ in their last digits. */
  private static final double EXACT = 1e-12;

  static List<String[]> oracle() {
    return Oracle.rows("two_sample.csv");
  }

  @ParameterizedTest(name = "{0} {1} v {2}, seed {3}")
  @MethodSource("oracle")
  void equalsSciPy(
      String kind,
      int n,
      int m,
      long seed,
      double ks,
      double ksP,
      double t,
      double tP,
      double tGreaterP,
      double tLessP,
      double u,
      double uP,
      double uGreaterP,
      double uLessP) {
    Oracle.Points data = Oracle.points(kind, n, m, seed);
    TwoSampleTests actual = TwoSampleTests.of(data.x1, data.x2);
    close(ks, actual.ks());
    close(ksP, actual.ksP());
    close(t, actual.t());
    close(tP, actual.tP());
    close(tGreaterP, actual.tGreaterP());
    close(tLessP, actual.tLessP());
    assertEquals(u, actual.u());
    close(uP, actual.uP());
    close(uGreaterP, actual.uGreaterP());
    close(uLessP, actual.uLessP());
  }

  private static void close(double expected, double actual) {
    assertEquals(expected, actual, EXACT * Math.max(1e-3, Math.abs(expected)));
  }

  @Test
  void greaterMeansThatTheGeneratedValuesAreGreater() {
    double[] reference = {1, 2, 3, 4};
    double[] generated = {11, 12, 13, 14, 15};
    TwoSampleTests tests = TwoSampleTests.of(reference, generated);
    assertTrue(tests.t() > 0);
    assertTrue(tests.tGreaterP() < 0.01);
    assertTrue(tests.tLessP() > 0.99);
    assertEquals(20, tests.u());
    assertTrue(tests.uGreaterP() < 0.01);
    assertTrue(tests.uLessP() > 0.99);
  }

  @Test
  void oneRowHasNoVarianceAndNoKolmogorovSmirnov() {
    TwoSampleTests tests = TwoSampleTests.of(new double[] {1, 2, 4}, new double[] {3});
    assertEquals(Double.NaN, tests.ks());
    assertEquals(Double.NaN, tests.ksP());
    assertEquals(Double.NaN, tests.t());
    assertEquals(Double.NaN, tests.tP());
    assertEquals(Double.NaN, tests.tGreaterP());
    assertEquals(Double.NaN, tests.tLessP());
    assertEquals(2, tests.u());
    assertEquals(1, tests.uP());
    // 2 of the 4 places of the generated value among three are as high.
    assertEquals(0.5, tests.uGreaterP(), EXACT);
  }

  @Test
  void constantSamples() {
    TwoSampleTests equal = TwoSampleTests.of(new double[] {2, 2, 2}, new double[] {2, 2});
    assertEquals(
        new TwoSampleTests(0, 1, Double.NaN, Double.NaN, Double.NaN, Double.NaN, 3, 1, 1, 1),
        equal);
    TwoSampleTests apart = TwoSampleTests.of(new double[] {2, 2, 2}, new double[] {5, 5});
    assertEquals(1, apart.ks());
    assertEquals(Double.NaN, apart.tP());
    assertEquals(6, apart.u());
    assertTrue(apart.uGreaterP() < 0.1);
  }

  @Test
  void refusesWhatHasNoRank() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> TwoSampleTests.of(new double[] {1, 2}, new double[] {1, Double.NaN}));
    assertEquals(
        "Cannot use the generated sample: row 1 is NaN, which has no rank;"
            + " leave degenerate rows out before comparing.",
        e.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> TwoSampleTests.of(new double[0], new double[] {1}));
  }
}
