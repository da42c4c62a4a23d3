package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of shares, of areas under curves, and of means. */
class IntervalsTest {

  static List<String[]> shares() {
    return Oracle.rows("proportion.csv");
  }

  @ParameterizedTest(name = "{0} of {1}")
  @MethodSource("shares")
  void wilsonEqualsSciPy(long successes, long trials, double confidence, double low, double high) {
    ProportionInterval actual = ProportionInterval.wilson(successes, trials, confidence);
    assertEquals((double) successes / trials, actual.share());
    // Of the order of the numbers' own rounding, as centre and half width cancel.
    assertEquals(low, actual.low(), 1e-15);
    assertEquals(high, actual.high(), 1e-15);
  }

  static List<String[]> areas() {
    return Oracle.rows("area_under_curve.csv");
  }

  @ParameterizedTest(name = "{0} {1} v {2}, seed {3}")
  @MethodSource("areas")
  void areaEqualsScikitLearn(
      String kind, int n, int m, long seed, double area, double low, double high) {
    Oracle.Points data = Oracle.points(kind, n, m, seed);
    AreaUnderCurve actual = AreaUnderCurve.of(data.x1, data.x2, 0.95);
    // A count of pairs here, a sum of trapezes there.
    assertEquals(area, actual.area(), 1e-15);
    // Where the root finder stops.
    assertEquals(low, actual.low(), 1e-12);
    assertEquals(high, actual.high(), 1e-12);
  }

  @Test
  void swappedClassesTurnTheAreaRound() {
    Oracle.Points data = Oracle.points("shifted", 40, 40, 5);
    AreaUnderCurve one = AreaUnderCurve.of(data.x1, data.x2, 0.9);
    AreaUnderCurve other = AreaUnderCurve.of(data.x2, data.x1, 0.9);
    assertEquals(1 - one.area(), other.area(), 1e-15);
    assertEquals(1 - one.high(), other.low(), 1e-14);
    assertEquals(1 - one.low(), other.high(), 1e-14);
  }

  static List<String[]> means() {
    return Oracle.rows("mean_interval.csv");
  }

  @ParameterizedTest(name = "{0} values, seed {2}")
  @MethodSource("means")
  void meanEqualsSciPy(int n, double confidence, long seed, double mean, double low, double high) {
    double[] values = Oracle.uniform(Oracle.stream(seed), n);
    MeanInterval actual =
        MeanInterval.of(Arrays.stream(values).map(v -> v * 10).toArray(), confidence);
    assertEquals(n, actual.count());
    assertEquals(mean, actual.mean(), 1e-14);
    // The quantile of t by two libraries, times a deviation of about 3.
    assertEquals(low, actual.low(), 1e-11);
    assertEquals(high, actual.high(), 1e-11);
  }

  @Test
  void edges() {
    MeanInterval one = MeanInterval.of(new double[] {3}, 0.95);
    assertEquals(3, one.mean());
    assertTrue(Double.isNaN(one.low()) && Double.isNaN(one.high()));
    // 0.1 three times: the mean of a sum would be 0.10000000000000002.
    assertEquals(
        new MeanInterval(3, 0.1, 0.1, 0.1), MeanInterval.of(new double[] {0.1, 0.1, 0.1}, 0.95));
    double[] none = {};
    double[] nan = {Double.NaN};
    double[] some = {1, 2};
    assertThrows(IllegalArgumentException.class, () -> MeanInterval.of(none, 0.95));
    assertThrows(IllegalArgumentException.class, () -> MeanInterval.of(nan, 0.95));
    assertThrows(IllegalArgumentException.class, () -> MeanInterval.of(some, 1));
    assertThrows(IllegalArgumentException.class, () -> AreaUnderCurve.of(none, some, 0.95));
    assertThrows(IllegalArgumentException.class, () -> AreaUnderCurve.of(some, nan, 0.95));
    assertThrows(IllegalArgumentException.class, () -> AreaUnderCurve.of(some, some, 0));
    assertThrows(IllegalArgumentException.class, () -> ProportionInterval.wilson(0, 0, 0.95));
    assertThrows(IllegalArgumentException.class, () -> ProportionInterval.wilson(3, 2, 0.95));
    assertThrows(IllegalArgumentException.class, () -> ProportionInterval.wilson(1, 2, Double.NaN));
  }
}
