package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.IntStream;
import org.apache.commons.rng.JumpableUniformRandomProvider;
import org.apache.commons.rng.LongJumpableUniformRandomProvider;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class KolmogorovSmirnov2DTest {
  /** Both sides add a handful of fractions below 1: their roundings stay below 1e-15. */
  private static final double EXACT = 1e-12;

  static List<String[]> oracle() {
    return Oracle.rows("ks2d.csv");
  }

  @ParameterizedTest(name = "{0} {1} v {2}, seed {3}")
  @MethodSource("oracle")
  void equalsTheOracle(String kind, int n, int m, long seed, String d, String p) {
    KolmogorovSmirnov2D test = Oracle.points(kind, n, m, seed).test();
    assertEquals(Oracle.number(d), test.statistic(), EXACT);
    assertEquals(Oracle.number(p), test.asymptoticPValue(), EXACT);
  }

  @ParameterizedTest(name = "survival({0})")
  @MethodSource("survivals")
  void kolmogorovDistributionEqualsTheOracle(double lambda, double survival) {
    assertEquals(survival, KolmogorovDistribution.survival(lambda), EXACT);
    // Relative too: small p-values are read on a logarithmic scale.
    assertEquals(1, KolmogorovDistribution.survival(lambda) / survival, EXACT);
  }

  static List<String[]> survivals() {
    return Oracle.rows("kolmogorov.csv");
  }

  @Test
  void survivalOfTheSmallest() {
    assertEquals(1, KolmogorovDistribution.survival(0));
    assertEquals(1, KolmogorovDistribution.survival(1e-300));
    assertEquals(Double.NaN, KolmogorovDistribution.survival(Double.NaN));
  }

  @Test
  void doesNotDependOnTheOrderOfSamplesRowsOrCoordinates() {
    Oracle.Points a = Oracle.points("grid8", 70, 90, 11);
    double d = a.test().statistic();
    assertEquals(d, KolmogorovSmirnov2D.of(a.x2, a.y2, a.x1, a.y1).statistic());
    assertEquals(d, KolmogorovSmirnov2D.of(a.y1, a.x1, a.y2, a.x2).statistic());
    double[] reversedX = reversed(a.x1);
    double[] reversedY = reversed(a.y1);
    assertEquals(d, KolmogorovSmirnov2D.of(reversedX, reversedY, a.x2, a.y2).statistic());
  }

  private static double[] reversed(double[] values) {
    double[] reversed = new double[values.length];
    Arrays.setAll(reversed, i -> values[values.length - 1 - i]);
    return reversed;
  }

  @ParameterizedTest
  @ValueSource(strings = {"continuous", "grid8", "grid2", "constant"})
  void resampleIsTheStatisticOfThePointsDrawn(String kind) {
    Oracle.Points a = Oracle.points(kind, 23, 31, 5);
    double[] d = a.test().resample(40, 99);
    UniformRandomProvider[] generators = generators(99, 1, 40);
    for (int b = 0; b < d.length; b++) {
      int[] first = draws(generators[b], 23);
      int[] second = draws(generators[b], 31);
      Oracle.Points resample =
          new Oracle.Points(
              pick(a.x1, first), pick(a.y1, first), pick(a.x2, second), pick(a.y2, second));
      assertEquals(resample.test().statistic(), d[b], "resample " + b);
    }
  }

  /** The documented scheme: a long jump a purpose, a jump a replicate. */
  private static UniformRandomProvider[] generators(long seed, int purpose, int count) {
    LongJumpableUniformRandomProvider source =
        (LongJumpableUniformRandomProvider) RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    JumpableUniformRandomProvider stream = source.longJump();
    for (int i = 0; i < purpose; i++) {
      stream = source.longJump();
    }
    UniformRandomProvider[] generators = new UniformRandomProvider[count];
    for (int i = 0; i < count; i++) {
      generators[i] = stream.jump();
    }
    return generators;
  }

  private static int[] draws(UniformRandomProvider random, int n) {
    int[] indices = new int[n];
    Arrays.setAll(indices, i -> random.nextInt(n));
    return indices;
  }

  private static double[] pick(double[] values, int[] indices) {
    return Arrays.stream(indices).mapToDouble(i -> values[i]).toArray();
  }

  @Test
  void permutationPValueIsTheShareOfAllLabellings() {
    // C(7, 3) = 35 labellings, all of them enumerated here.
    Oracle.Points a = Oracle.points("shifted", 3, 4, 8);
    double[] x = concatenate(a.x1, a.x2);
    double[] y = concatenate(a.y1, a.y2);
    double observed = a.test().statistic();
    int labellings = 0;
    int atLeast = 0;
    double sum = 0;
    for (int mask = 0; mask < 1 << 7; mask++) {
      if (Integer.bitCount(mask) == 3) {
        int[] first = indices(mask);
        int[] second = indices(~mask & 0x7f);
        double d =
            KolmogorovSmirnov2D.of(pick(x, first), pick(y, first), pick(x, second), pick(y, second))
                .statistic();
        labellings++;
        atLeast += d >= observed ? 1 : 0;
        sum += d;
      }
    }
    assertEquals(35, labellings);
    int permutations = 40_000;
    KolmogorovSmirnov2D.PermutationTest test = a.test().permute(permutations, 3);
    double p = atLeast / 35.0;
    // Five standard errors.
    assertEquals(p, test.pValue(), 5 * Math.sqrt(p * (1 - p) / permutations));
    assertEquals(sum / 35, test.nullMean(), 5 * 0.5 / Math.sqrt(permutations));
  }

  private static int[] indices(int mask) {
    return IntStream.range(0, 7).filter(i -> (mask >> i & 1) == 1).toArray();
  }

  private static double[] concatenate(double[] a, double[] b) {
    double[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void permutationPValueIsNeverZeroAndOneForEqualSamples() {
    assertEquals(1.0 / 200, Oracle.points("disjoint", 60, 60, 1).test().permute(199, 0).pValue());
    assertEquals(1.0, Oracle.points("constant", 60, 60, 1).test().permute(199, 0).pValue());
  }

  @Test
  void nullLevelsAreThoseOfFreshSamplesOfOneDistribution() {
    double[] fresh = new double[2000];
    Arrays.setAll(fresh, i -> Oracle.points("continuous", 100, 500, 1000 + i).test().statistic());
    Arrays.sort(fresh);
    KolmogorovSmirnov2D.PermutationTest test =
        Oracle.points("continuous", 100, 500, 21).test().permute(2000, 0);
    // D has a standard deviation of about 0.022 here: five standard errors of a difference.
    assertEquals(Arrays.stream(fresh).average().orElseThrow(), test.nullMean(), 0.0035);
    assertEquals(fresh[1900], test.nullQuantile95(), 0.008);
  }

  @Test
  void resultsDependOnTheSeedAndNotOnTheThreads() throws Exception {
    KolmogorovSmirnov2D test = Oracle.points("continuous", 80, 120, 4).test();
    ForkJoinPool one = new ForkJoinPool(1);
    ForkJoinPool eight = new ForkJoinPool(8);
    try {
      assertEquals(
          one.submit(() -> test.permute(301, 7)).get(),
          eight.submit(() -> test.permute(301, 7)).get());
      assertArrayEquals(
          one.submit(() -> test.resample(301, 7)).get(),
          eight.submit(() -> test.resample(301, 7)).get());
    } finally {
      one.shutdown();
      eight.shutdown();
    }
    assertNotEquals(test.permute(301, 7), test.permute(301, 8));
    // A replicate is its own: asking for more does not change the earlier ones.
    assertArrayEquals(test.resample(10, 7), Arrays.copyOf(test.resample(20, 7), 10));
  }

  @Test
  void refusesWhatHasNoRank() {
    double[] one = {1};
    assertMessage(
        "Cannot use the first sample: it is empty; give at least one row.",
        () -> KolmogorovSmirnov2D.of(new double[0], new double[0], one, one));
    assertMessage(
        "Cannot use the second sample: row 1 is NaN, which has no rank;"
            + " leave degenerate rows out before comparing.",
        () -> KolmogorovSmirnov2D.of(one, one, new double[] {1, 2}, new double[] {1, Double.NaN}));
    assertMessage(
        "Cannot use the first sample: row 0 is -Infinity, which has no rank;"
            + " leave degenerate rows out before comparing.",
        () -> KolmogorovSmirnov2D.of(new double[] {Double.NEGATIVE_INFINITY}, one, one, one));
    assertMessage(
        "Cannot use the second sample: it has 1 first and 2 second coordinates;"
            + " give two arrays of one length.",
        () -> KolmogorovSmirnov2D.of(one, one, one, new double[] {1, 2}));
    assertMessage(
        "Cannot run 0 permutations: at least 1 is needed.",
        () -> KolmogorovSmirnov2D.of(one, one, one, one).permute(0, 0));
  }

  private static void assertMessage(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }
}
