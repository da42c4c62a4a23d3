package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class AtypicalityTest {

  static List<String[]> oracle() {
    return Oracle.rows("atypicality.csv");
  }

  private static double[] exp(double[] values) {
    return Arrays.stream(values).map(Math::exp).toArray();
  }

  /** Against covOGK of R's robustbase, by leaving each image out and fitting anew. */
  @ParameterizedTest(name = "{0} {1}, seed {2}")
  @MethodSource("oracle")
  void equalsRobustbase(
      String kind,
      int n,
      long seed,
      String first,
      String sum,
      String firstLeftOut,
      String sumLeftOut,
      String mostLeftOut) {
    Oracle.Points data = Oracle.points(kind, n, n, seed);
    RobustScatter scatter = RobustScatter.of(exp(data.x1), exp(data.y1));
    double[] distances = new double[n];
    Arrays.setAll(distances, i -> scatter.distance(Math.exp(data.x1[i]), Math.exp(data.y1[i])));
    assertRelative(first, distances[0]);
    assertRelative(sum, DoubleStream.of(distances).sum());
    double[] leftOut = Atypicality.leaveOneOut(new double[][] {data.x1, data.y1});
    assertRelative(firstLeftOut, leftOut[0]);
    assertRelative(sumLeftOut, DoubleStream.of(leftOut).sum());
    assertRelative(mostLeftOut, DoubleStream.of(leftOut).max().orElseThrow());
  }

  /** Logarithms of exponentials, medians and two divisions: a few roundings. */
  private static void assertRelative(String expected, double actual) {
    double number = Oracle.number(expected);
    assertEquals(number, actual, 1e-10 * Math.max(1, Math.abs(number)));
  }

  /** What the images of a reference look like in (log C, log V). */
  enum Kind {
    NORMAL,
    /** Student's t with three degrees of freedom. */
    HEAVY_TAILED,
    /** Every third image in a second cluster, far from the first. */
    TWO_CLUSTERS
  }

  private static double[][] normal(UniformRandomProvider random, int n) {
    return images(random, n, Kind.NORMAL);
  }

  private static double[][] images(UniformRandomProvider random, int n, Kind kind) {
    ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    double[] c = new double[n];
    double[] v = new double[n];
    for (int i = 0; i < n; i++) {
      double a = gaussian.sample();
      double b = gaussian.sample();
      if (kind == Kind.HEAVY_TAILED) {
        double squares = 0;
        for (int k = 0; k < 3; k++) {
          squares += Math.pow(gaussian.sample(), 2);
        }
        double scale = Math.sqrt(3 / squares);
        a *= scale;
        b *= scale;
      } else if (kind == Kind.TWO_CLUSTERS && random.nextInt(3) == 0) {
        a += 6;
        b += 4;
      }
      c[i] = Math.exp(-2 + 0.2 * a);
      v[i] = Math.exp(3 + 0.1 * (-0.6 * a + 0.8 * b));
    }
    return new double[][] {c, v};
  }

  private static double[] pValues(Atypicality reference, double[][] images) {
    double[] p = new double[images[0].length];
    Arrays.setAll(p, i -> reference.pValue(reference.distance(images[0][i], images[1][i])));
    return p;
  }

  /** A set of the reference's kind has a flag in 5 % of draws at most, which is what 5 % means. */
  @ParameterizedTest
  @CsvSource({
    "30, NORMAL",
    "100, NORMAL",
    "500, NORMAL",
    "100, HEAVY_TAILED",
    "100, TWO_CLUSTERS",
  })
  void realAgainstRealFlagsNothingInNineteenOfTwentyDraws(int n, Kind kind) {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(n);
    int draws = 1000;
    int flagged = 0;
    double small = 0;
    for (int draw = 0; draw < draws; draw++) {
      double[][] real = images(random, n, kind);
      double[] p = pValues(Atypicality.of(real[0], real[1]), images(random, 100, kind));
      flagged += Arrays.stream(FalseDiscoveryRate.qValues(p)).anyMatch(q -> q <= 0.05) ? 1 : 0;
      small += Arrays.stream(p).filter(x -> x <= 0.1).count() / 100.0;
    }
    // Within three standard errors of a share of 5 %; of the share of p, whose draws vary more.
    double threeErrors = 3 * Math.sqrt(0.05 * 0.95 / draws);
    assertTrue(flagged <= draws * (0.05 + threeErrors), "flagged in " + flagged + " draws");
    double nominal = Math.floor(0.1 * (n + 1)) / (n + 1);
    // Of a small reference the p-values are too large: what an image is left out of has less
    // scatter than the whole, so that the reference's own images seem to lie further out.
    assertTrue(small / draws < nominal + 0.005, "share of p up to 0.1: " + small / draws);
    // Of two clusters too, since the middle between them moves with each image.
    double missed = kind == Kind.TWO_CLUSTERS ? 0.02 : 0.005 + 0.4 / n;
    assertTrue(small / draws > nominal - missed, "share of p up to 0.1: " + small / draws);
  }

  @Test
  void unusualImagesAreFlaggedInBothDirections() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(5);
    double[][] real = normal(random, 500);
    Atypicality reference = Atypicality.of(real[0], real[1]);
    double[][] images = normal(random, 100);
    String[] directions = {"C high, V high", "C low", "C high, V low", "C low, V low"};
    double[][] odd = {{0.4, 30}, {0.045, 20}, {0.4, 10}, {0.05, 13}};
    for (int i = 0; i < 20; i++) {
      images[0][i] = odd[i % 4][0];
      images[1][i] = odd[i % 4][1];
      assertEquals(directions[i % 4], reference.scatter().direction(images[0][i], images[1][i]));
    }
    double[] q = FalseDiscoveryRate.qValues(pValues(reference, images));
    assertTrue(Arrays.stream(q, 0, 20).allMatch(x -> x <= 0.05), Arrays.toString(q));
    assertTrue(Arrays.stream(q, 20, 100).filter(x -> x <= 0.05).count() <= 4);
    assertEquals("neither", reference.scatter().direction(Math.exp(-2), Math.exp(3)));
  }

  @Test
  void halfOfTheReferenceMayLieAnywhere() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(6);
    double[][] clean = normal(random, 1000);
    double[][] soiled = {clean[0].clone(), clean[1].clone()};
    for (int i = 0; i < 300; i++) {
      soiled[0][i] = 1e6;
    }
    double far = RobustScatter.of(soiled[0], soiled[1]).distance(0.3, 30);
    double expected = RobustScatter.of(clean[0], clean[1]).distance(0.3, 30);
    assertTrue(far > expected / 3, far + " instead of " + expected);
  }

  @Test
  void tiesCountAsBeingAsFarOut() {
    // Six images, each of them twice.
    double[] c = {0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4, 0.6, 0.6, 0.8, 0.8};
    double[] v = {1, 1, 5, 5, 2, 2, 4, 4, 9, 9, 3, 3};
    Atypicality reference = Atypicality.of(c, v);
    assertEquals(12, reference.referenceCount());
    double[] distances = Atypicality.leaveOneOut(RobustScatter.logs(c, v));
    Arrays.sort(distances);
    assertEquals(1 / 13.0, reference.pValue(Math.nextUp(distances[11])));
    assertEquals(3 / 13.0, reference.pValue(distances[11]));
    assertEquals(1, reference.pValue(0));
    assertEquals(19, Atypicality.leastReference(0.05));
    assertEquals(9, Atypicality.leastReference(0.1));
  }

  @Test
  void withoutAScatterNothingIsDefined() {
    double[] constant = {0.1, 0.1, 0.1, 0.1};
    double[] some = {1, 2, 3, 5};
    for (Atypicality reference :
        List.of(
            Atypicality.of(constant, some),
            Atypicality.of(some, constant),
            Atypicality.of(some, some),
            Atypicality.of(new double[0], new double[0]),
            Atypicality.of(new double[] {1}, new double[] {2}),
            Atypicality.of(new double[] {1, 2}, new double[] {2, 1}))) {
      assertTrue(Double.isNaN(reference.pValue(reference.distance(0.1, 2))));
    }
    assertNull(RobustScatter.of(constant, some).direction(0.1, 2));
    assertThrows(
        IllegalArgumentException.class, () -> Atypicality.of(new double[2], new double[3]));
  }

  @Test
  void anImageWithoutChangeLiesInfinitelyFarOut() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(9);
    double[][] real = normal(random, 40);
    Atypicality reference = Atypicality.of(real[0], real[1]);
    double infinity = Double.POSITIVE_INFINITY;
    assertEquals(infinity, reference.distance(0.1, 0));
    assertEquals(infinity, reference.distance(0, 0));
    assertEquals(1 / 41.0, reference.pValue(infinity));
    assertEquals("neither", reference.scatter().direction(Math.exp(-2), Math.exp(3)));
    assertEquals("V low", reference.scatter().direction(Math.exp(-2), 0));
    // Such images of the reference are as far out.
    real[1][0] = 0;
    real[1][1] = 0;
    Atypicality soiled = Atypicality.of(real[0], real[1]);
    assertEquals(40, soiled.referenceCount());
    assertEquals(3 / 41.0, soiled.pValue(infinity));
  }

  /** Without the image that makes the scatter there is none, and it lies infinitely far out. */
  @Test
  void imagesWithoutWhichThereIsNoScatterCount() {
    double[] c = {1, 1, 1, 2, 3, 4};
    double[] v = {1, 3, 2, 9, 4, 7};
    double[] alone = Atypicality.leaveOneOut(RobustScatter.logs(c, v));
    long undefined = Arrays.stream(alone).filter(Double::isNaN).count();
    assertEquals(3, undefined, Arrays.toString(alone));
    Atypicality reference = Atypicality.of(c, v);
    assertEquals(6, reference.referenceCount());
    assertEquals(4 / 7.0, reference.pValue(1e6));
  }

  @Test
  void rowsWithoutALogarithmAreLeftOut() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(7);
    double[][] real = normal(random, 50);
    double[] c = Arrays.copyOf(real[0], 54);
    double[] v = Arrays.copyOf(real[1], 54);
    System.arraycopy(new double[] {-2, -1, Double.NaN, 0.1}, 0, c, 50, 4);
    System.arraycopy(new double[] {1, 1, 1, Double.NaN}, 0, v, 50, 4);
    Atypicality expected = Atypicality.of(real[0], real[1]);
    Atypicality actual = Atypicality.of(c, v);
    assertEquals(expected.scatter(), actual.scatter());
    assertEquals(50, actual.referenceCount());
    assertTrue(Double.isNaN(actual.distance(-1, 1)));
    assertTrue(Double.isNaN(actual.pValue(Double.NaN)));
  }

  /** Some seconds on one core, and so O(n log n): a loop over pairs would take an hour. */
  @Test
  @Tag("nightly")
  void aMillionImagesAreNoTrouble() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(8);
    double[][] real = normal(random, 1_000_000);
    long begin = System.nanoTime();
    Atypicality reference = Atypicality.of(real[0], real[1]);
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf("atypicality of a million images: %.1f s%n", seconds);
    assertEquals(1_000_000, reference.referenceCount());
    assertTrue(seconds < 120, seconds + " s");
  }
}
