package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RankCorrelationTest {

  private static final AnomalyScore.Options NOTHING = new AnomalyScore.Options(0, 0, 0, 0.95);
  private static final AnomalyScore.Options QUICK = new AnomalyScore.Options(3, 200, 200, 0.95);

  static List<String[]> oracle() {
    return Oracle.rows("correlation.csv");
  }

  @ParameterizedTest(name = "{0} {1}, seed {2}")
  @MethodSource("oracle")
  void ofOneGroupIsSpearmans(
      String kind,
      int n,
      long seed,
      String pearson,
      String pearsonP,
      String spearman,
      String spearmanP) {
    Oracle.Points data = Oracle.points(kind, n, n, seed);
    RankCorrelation actual = RankCorrelation.of(data.x1, data.y1, new int[n], NOTHING);
    assertEquals(Oracle.number(spearman), actual.rho(), 1e-14 * n);
    assertEquals(n, actual.count());
    assertTrue(Double.isNaN(actual.p()) && Double.isNaN(actual.low()), "none was asked for");
  }

  /** Two groups whose levels go against what holds within each. */
  @Test
  void differencesBetweenGroupsDoNotEnter() {
    double[] x = {1, 2, 3, 4, 101, 102, 103, 104};
    double[] y = {51, 52, 53, 54, 1, 2, 3, 4};
    int[] group = {7, 7, 7, 7, -1, -1, -1, -1};
    RankCorrelation within = RankCorrelation.of(x, y, group, QUICK);
    assertEquals(1, within.rho(), 1e-15);
    assertEquals(2, within.groups());
    assertTrue(RankCorrelation.of(x, y, new int[8], NOTHING).rho() < -0.4);
    // Of 24 * 24 pairings within the groups 2 have a coefficient of 1 or -1.
    assertEquals(2 / 576.0, RankCorrelation.of(x, y, group, manyPermutations()).p(), 0.002);
  }

  private static AnomalyScore.Options manyPermutations() {
    return new AnomalyScore.Options(1, 20_000, 0, 0.95);
  }

  /** By hand: groups of 3 and 2, rank / (n + 1) - 1/2. */
  @Test
  void groupsOfDifferentSizeWeighByImages() {
    double[] x = {1, 2, 3, 10, 20};
    double[] y = {1, 3, 2, 5, 4};
    // x: -1/4, 0, 1/4 and -1/6, 1/6; y: -1/4, 1/4, 0 and 1/6, -1/6.
    double expected = (1 / 16.0 - 2 / 36.0) / (2 / 16.0 + 2 / 36.0);
    assertEquals(
        expected, RankCorrelation.of(x, y, new int[] {0, 0, 0, 1, 1}, NOTHING).rho(), 1e-15);
  }

  @Test
  void aConstantSideHasNoCorrelation() {
    double[] constant = {0.1, 0.1, 0.1};
    RankCorrelation none = RankCorrelation.of(constant, new double[] {1, 2, 3}, new int[3], QUICK);
    assertTrue(Double.isNaN(none.rho()) && Double.isNaN(none.low()) && Double.isNaN(none.p()));
    RankCorrelation single =
        RankCorrelation.of(
            new double[] {1, 2, 3}, new double[] {1, 2, 3}, new int[] {0, 1, 2}, QUICK);
    assertTrue(Double.isNaN(single.rho()), "groups of one image");
  }

  /** The interval holds the coefficient of the population in about 95 % of draws. */
  @Test
  void intervalsHoldTheTruth() {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(1);
    ZigguratSampler.NormalizedGaussian gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    double pearson = 0.5;
    // Pearson 1907: Spearman's of a normal population.
    double truth = 6 / Math.PI * Math.asin(pearson / 2);
    int held = 0;
    int draws = 300;
    for (int draw = 0; draw < draws; draw++) {
      double[] x = new double[80];
      double[] y = new double[80];
      for (int i = 0; i < x.length; i++) {
        x[i] = gaussian.sample();
        y[i] = pearson * x[i] + Math.sqrt(1 - pearson * pearson) * gaussian.sample();
      }
      RankCorrelation r =
          RankCorrelation.of(x, y, new int[80], new AnomalyScore.Options(draw, 0, 300, 0.95));
      held += r.low() <= truth && truth <= r.high() ? 1 : 0;
    }
    // Three standard errors of 95 % are 3.8 %.
    assertTrue(held >= 0.91 * draws, held + " of " + draws);
  }

  @Test
  void aSeedGivesOneResult() {
    Oracle.Points data = Oracle.points("correlated", 40, 40, 9);
    int[] group = new int[40];
    Arrays.setAll(group, i -> i % 3);
    RankCorrelation one = RankCorrelation.of(data.x1, data.y1, group, QUICK);
    assertEquals(one, RankCorrelation.of(data.x1, data.y1, group, QUICK));
    assertTrue(one.low() < one.rho() && one.rho() < one.high());
  }

  @Test
  void correctionForAttenuation() {
    assertEquals(0.5, RankCorrelation.corrected(0.4, 0.64), 1e-15);
    assertEquals(-1, RankCorrelation.corrected(-0.9, 0.25));
    assertTrue(Double.isNaN(RankCorrelation.corrected(0.4, 0)));
    assertTrue(Double.isNaN(RankCorrelation.corrected(0.4, Double.NaN)));
  }

  @Test
  void whatCannotBeCorrelatedIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> RankCorrelation.of(new double[] {1, 2}, new double[] {1, 2}, new int[1], NOTHING));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            RankCorrelation.of(
                new double[] {1, Double.NaN}, new double[] {1, 2}, new int[2], NOTHING));
  }
}
