package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.anomalyscore.stats.AnomalyScore.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnomalyScoreTest {
  private static AnomalyScore score(Oracle.Points data, Options options) {
    return AnomalyScore.of(data.x1, data.y1, data.x2, data.y2, options);
  }

  @Test
  void gathersTheTest() {
    Oracle.Points data = Oracle.points("shifted", 60, 90, 31);
    KolmogorovSmirnov2D test = data.test();
    KolmogorovSmirnov2D.PermutationTest permuted = test.permute(99, 5);
    AnomalyScore score = score(data, new Options(5, 99, 50, 0.9));
    assertEquals(test.statistic(), score.d());
    assertEquals(test.asymptoticPValue(), score.asymptoticP());
    assertEquals(permuted.pValue(), score.permutationP());
    assertEquals(permuted.nullMean(), score.nullMean());
    assertEquals(permuted.nullQuantile95(), score.nullQuantile95());
    assertEquals(60, score.referenceCount());
    assertEquals(90, score.generatedCount());
  }

  @Test
  void intervalIsReversedAndItsBiasTakenOffTwice() {
    Oracle.Points data = Oracle.points("shifted", 200, 300, 32);
    AnomalyScore score = score(data, new Options(5, 99, 21, 0.8));
    double d = score.d();
    // 21 values: the 0.1 and 0.9 quantiles are the third from either end.
    double[] sorted = data.test().resample(21, 5);
    Arrays.sort(sorted);
    double bias = Arrays.stream(sorted).average().orElseThrow() - d + (1 / 200.0 + 1 / 300.0) / 2;
    assertTrue(score.permutationP() <= 0.2 && bias > 0);
    assertEquals(2 * d - sorted[18] - bias, score.low(), 1e-12);
    assertEquals(Math.max(d, 2 * d - sorted[2] - bias), score.high(), 1e-12);
    assertTrue(score.low() > 0 && score.low() < d && score.high() >= d);
  }

  @Test
  void intervalReachesZeroExactlyWhereTheTestDoesNotReject() {
    int reachesZero = 0;
    for (int seed = 0; seed < 30; seed++) {
      AnomalyScore score =
          score(Oracle.points("continuous", 40, 50, seed), new Options(seed, 99, 99, 0.95));
      if (score.permutationP() > 0.05) {
        assertEquals(0, score.low());
        reachesZero++;
      }
    }
    assertTrue(reachesZero >= 24, "only " + reachesZero + " of 30");
  }

  @ParameterizedTest
  @ValueSource(strings = {"continuous", "shifted", "grid2", "constant", "disjoint", "same"})
  void intervalIsSane(String kind) {
    for (int size : new int[] {1, 2, 30}) {
      for (int permutations : new int[] {0, 19}) {
        AnomalyScore score =
            score(Oracle.points(kind, size, size, 33), new Options(1, permutations, 50, 0.95));
        assertTrue(
            0 <= score.low()
                && score.low() <= score.d()
                && score.d() <= score.high()
                && score.high() <= 1,
            score.toString());
      }
    }
  }

  @Test
  void zeroReplicatesAreLeftOut() {
    AnomalyScore score = score(Oracle.points("continuous", 40, 50, 3), new Options(0, 0, 0, 0.95));
    assertTrue(score.d() > 0);
    assertEquals(Double.NaN, score.low());
    assertEquals(Double.NaN, score.high());
    assertEquals(Double.NaN, score.permutationP());
    assertEquals(Double.NaN, score.nullMean());
    assertEquals(Double.NaN, score.nullQuantile95());
  }

  @Test
  void refusals() {
    double[] one = {1};
    assertMessage(
        "Cannot use the generated set: row 0 is NaN, which has no rank;"
            + " leave degenerate rows out before comparing.",
        () -> AnomalyScore.of(one, one, new double[] {Double.NaN}, one, Options.DEFAULT));
    assertMessage(
        "Cannot run -1 permutations and 5 resamples: neither may be negative; 0 leaves them out.",
        () -> new Options(0, -1, 5, 0.95));
    assertMessage(
        "Cannot give an interval of confidence 95.0: it must lie between 0 and 1, such as 0.95.",
        () -> new Options(0, 1, 5, 95));
    assertThrows(IllegalArgumentException.class, () -> new Options(0, 1, 5, Double.NaN));
  }

  private static void assertMessage(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "2, 3, 1.5",
    "0.5, 0, 0",
    "0, 3, NaN",
    "-1, 3, NaN",
    "NaN, 3, NaN",
    "2, NaN, NaN",
    "Infinity, 3, NaN",
    "2, Infinity, NaN",
    "2, -1, NaN"
  })
  void perImageIsVulnerabilityOverComplexity(
      double complexity, double vulnerability, double expected) {
    assertEquals(expected, AnomalyScore.perImage(complexity, vulnerability));
  }
}
