package org.anomalyscore.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.explain.AttributionParameters.Regression;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.NoiseStream;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against src/test/python/oracle/attribution_oracle.py: masked attacks in float64 PyTorch. */
class AttributionTest {

  private static final int SIZE = 16;

  /** The oracle's squares of 4 x 4 pixels. */
  private static final SuperPixels GRID = grid();

  private static SuperPixels grid() {
    int[] labels = new int[SIZE * SIZE];
    Arrays.setAll(labels, i -> i / SIZE / 4 * 4 + i % SIZE / 4);
    return new SuperPixels(SIZE, SIZE, 16, labels);
  }

  private static InputImage image() throws IOException {
    return TestModels.input(TestModels.folder().resolve("images/mid_noise.png"));
  }

  private static boolean[][] trials(long seed, int trials) throws IOException {
    return SuperPixelTrials.of(
        new NoiseStream(NoiseStream.Purpose.SUPERPIXEL_TRIALS, seed, image().imageId()),
        trials,
        GRID.count());
  }

  @Test
  void trialsAndAttacksEqualTheOracle() throws IOException {
    JsonNode attacks = TrialRegressionTest.golden().get("attacks");
    assertEquals(attacks.get("image_id").asText(), image().imageId());
    try (ScorePredictor predictor = TestModels.predictor("tiny", ScoreParameters.PAPER, 5)) {
      for (JsonNode expected : attacks.get("seeds")) {
        long seed = expected.get("seed").asLong();
        boolean[][] attacked = trials(seed, 24);
        assertArrayEquals(TrialRegressionTest.attacked(expected), attacked);
        double[] y = TrialRegressionTest.doubles(expected.get("y"));
        double[] found = predictor.vulnerabilities(image(), seed, masks(attacked));
        for (int t = 0; t < y.length; t++) {
          // PyTorch's own float32 is within 6e-7 on this image; see the oracle.
          assertEquals(y[t], found[t], 2e-6 * y[t], "seed " + seed + ", trial " + t);
        }
        // Of twice the attacks' relative rounding, which the regression multiplies by less than 10.
        assertArrayEquals(
            TrialRegressionTest.doubles(expected.get("ridge")),
            TrialRegression.ridge(attacked, found).coefficients(),
            1e-5);
      }
    }
  }

  private static List<boolean[]> masks(boolean[][] attacked) {
    return Arrays.stream(attacked).map(GRID::mask).toList();
  }

  @Test
  void trialsAttackThreeToSixAndAllNumbersOccur() throws IOException {
    int[] counts = new int[GRID.count() + 1];
    int[] each = new int[GRID.count()];
    for (boolean[] trial : trials(0, 4000)) {
      int attacked = 0;
      for (int p = 0; p < trial.length; p++) {
        attacked += trial[p] ? 1 : 0;
        each[p] += trial[p] ? 1 : 0;
      }
      counts[attacked]++;
    }
    for (int n = 0; n < counts.length; n++) {
      // 1000 expected, standard deviation 27.
      assertEquals(n >= 3 && n <= 6 ? 1000 : 0, counts[n], n >= 3 && n <= 6 ? 140 : 0);
    }
    for (int n : each) {
      // 4000 · 4.5 / 16 = 1125 expected, standard deviation about 28.
      assertEquals(1125, n, 140);
    }
  }

  @Test
  void anAttackOnEveryPixelIsTheScoresAndOneOnNoneMovesNothing() throws IOException {
    boolean[] all = new boolean[SIZE * SIZE];
    Arrays.fill(all, true);
    try (ScorePredictor predictor = TestModels.predictor("tiny", ScoreParameters.PAPER, 4)) {
      double v = predictor.measure(List.of(image())).get(0).vulnerability();
      double[] found =
          predictor.vulnerabilities(image(), 0, List.of(all, new boolean[SIZE * SIZE]));
      assertEquals(v, found[0]);
      assertEquals(0, found[1]);
    }
  }

  @Test
  void placeInTheBatchDoesNotChangeABit() throws IOException {
    List<boolean[]> masks = masks(trials(0, 11));
    try (ScorePredictor predictor = TestModels.predictor("tiny", ScoreParameters.PAPER, 4)) {
      double[] together = predictor.vulnerabilities(image(), 0, masks);
      for (int t = 0; t < together.length; t++) {
        assertEquals(together[t], predictor.vulnerabilities(image(), 0, List.of(masks.get(t)))[0]);
      }
    }
  }

  @Test
  void seedsAreRepeatedAveragedAndCompared() throws IOException {
    Attribution one = attribution(1, 0);
    Attribution next = attribution(1, 1);
    Attribution both = attribution(2, 0);
    assertNotEquals(one.coefficients()[0], next.coefficients()[0]);
    for (int p = 0; p < GRID.count(); p++) {
      double a = one.coefficients()[p];
      double b = next.coefficients()[p];
      assertEquals((a + b) / 2, both.coefficients()[p], 1e-15);
      assertEquals(Math.abs(a - b) / Math.sqrt(2), both.deviations()[p], 1e-15);
    }
    assertNull(one.deviations());
    assertTrue(Double.isNaN(one.rankCorrelation()));
    int[] ranks = both.ranks();
    for (int p = 0; p < ranks.length; p++) {
      for (int q = 0; q < ranks.length; q++) {
        if (both.coefficients()[p] > both.coefficients()[q]) {
          assertTrue(ranks[p] < ranks[q]);
        }
      }
    }
  }

  private static Attribution attribution(int seeds, long seed) throws IOException {
    try (ScorePredictor predictor = TestModels.predictor("tiny", ScoreParameters.PAPER, 16)) {
      return Attribution.of(
          predictor,
          image(),
          GRID,
          new AttributionParameters(16, 64, seeds, Regression.RIDGE),
          seed);
    }
  }

  @Test
  void meanDeviationAndRankCorrelationEqualTheOracle() throws IOException {
    JsonNode attacks = TrialRegressionTest.golden().get("attacks");
    List<TrialRegression> seeds = new ArrayList<>();
    for (JsonNode seed : attacks.get("seeds")) {
      seeds.add(
          new TrialRegression(TrialRegressionTest.doubles(seed.get("ridge")), 0.5, 0.25, 0.75));
    }
    Attribution found = Attribution.mean(seeds);
    assertArrayEquals(
        TrialRegressionTest.doubles(attacks.get("mean")), found.coefficients(), 1e-15);
    assertArrayEquals(TrialRegressionTest.doubles(attacks.get("std")), found.deviations(), 1e-15);
    assertEquals(attacks.get("spearman").asDouble(), found.rankCorrelation(), 1e-14);
    assertEquals(0.5, found.intercept());
    assertEquals(0.25, found.penalty());
    assertEquals(0.75, found.rSquared());
  }

  @Test
  void equalCoefficientsAreRankedByNumber() {
    TrialRegression flat = new TrialRegression(new double[] {0, 2, 0, 2}, 1, 0, 1);
    Attribution attribution = Attribution.mean(List.of(flat));
    assertArrayEquals(new int[] {3, 1, 4, 2}, attribution.ranks());
  }

  @ParameterizedTest
  @CsvSource({"constant,bright.png", "nan_when_dark,dark.png"})
  void featuresThatDoNotMoveOrAreNotFiniteHaveNoAttribution(String model, String file)
      throws IOException {
    try (ScorePredictor predictor = TestModels.predictor(model, ScoreParameters.PAPER, 8)) {
      assertNull(
          Attribution.of(
              predictor,
              TestModels.input(TestModels.folder().resolve("images").resolve(file)),
              GRID,
              new AttributionParameters(16, 10, 1, Regression.RIDGE),
              0));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "7,80,3,--superpixels",
    "501,80,3,--superpixels",
    "20,9,3,--trials",
    "20,80,0,--seeds"
  })
  void senselessParametersAreRefused(int superpixels, int trials, int seeds, String option) {
    String message =
        assertThrows(
                UserException.class,
                () -> new AttributionParameters(superpixels, trials, seeds, Regression.RIDGE))
            .getMessage();
    assertTrue(message.startsWith(option), message);
  }
}
