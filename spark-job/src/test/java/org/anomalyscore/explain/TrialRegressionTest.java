package org.anomalyscore.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import org.anomalyscore.measure.TestModels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against src/test/python/oracle/attribution_oracle.py: scikit-learn's Ridge, NumPy's lstsq. */
class TrialRegressionTest {

  /** Systems of 20 unknowns with condition numbers below 100. */
  private static final double ROUNDING = 1e-11;

  static JsonNode golden() throws IOException {
    return JsonMapper.builder()
        .build()
        .readTree(TestModels.folder().resolve("attribution_golden.json").toFile());
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "few", "never_and_always", "twins"})
  void ridgeAndItsPenaltyEqualTheOracle(String name) throws IOException {
    JsonNode expected = golden().get("regressions").get(name);
    TrialRegression found = TrialRegression.ridge(attacked(expected), doubles(expected.get("y")));
    double penalty = expected.get("penalty").asDouble();
    assertEquals(penalty, found.penalty(), 1e-12 * penalty, "the same power of ten");
    assertArrayEquals(doubles(expected.get("ridge")), found.coefficients(), ROUNDING);
    assertEquals(expected.get("ridge_intercept").asDouble(), found.intercept(), ROUNDING);
    assertEquals(expected.get("ridge_r_squared").asDouble(), found.rSquared(), ROUNDING);
  }

  /** As many unknowns as trials: the penalty is decided by rounding, so it is given. */
  @Test
  void ridgeWithAGivenPenaltyEqualsTheOracle() throws IOException {
    JsonNode expected = golden().get("regressions").get("paper");
    double penalty = expected.get("penalty").asDouble();
    TrialRegression found =
        TrialRegression.ridge(attacked(expected), doubles(expected.get("y")), penalty);
    // The smallest singular value is small here, and its square smaller.
    assertArrayEquals(doubles(expected.get("ridge")), found.coefficients(), 1e-9);
    assertEquals(expected.get("ridge_r_squared").asDouble(), found.rSquared(), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "few", "never_and_always", "twins", "paper"})
  void leastNormEqualsTheOracle(String name) throws IOException {
    JsonNode expected = golden().get("regressions").get(name);
    TrialRegression found =
        TrialRegression.leastNorm(attacked(expected), doubles(expected.get("y")));
    assertArrayEquals(doubles(expected.get("least_norm")), found.coefficients(), 1e-10);
    assertEquals(expected.get("least_norm_intercept").asDouble(), found.intercept(), 1e-10);
    assertEquals(0, found.penalty());
  }

  @Test
  void fewerTrialsThanUnknownsAreMetExactlyByLeastNorm() throws IOException {
    JsonNode few = golden().get("regressions").get("few");
    assertEquals(
        1, TrialRegression.leastNorm(attacked(few), doubles(few.get("y"))).rSquared(), 1e-12);
  }

  @Test
  void whatNoTrialAttacksAndWhatAllAttackHaveNoCoefficient() throws IOException {
    JsonNode expected = golden().get("regressions").get("never_and_always");
    TrialRegression found = TrialRegression.ridge(attacked(expected), doubles(expected.get("y")));
    assertEquals(0, found.coefficients()[4], ROUNDING);
    assertEquals(0, found.coefficients()[7], ROUNDING);
  }

  @Test
  void aConstantMeasureGivesZeros() {
    boolean[][] attacked = {{true, false}, {false, true}, {true, true}, {false, false}};
    double[] y = {2, 2, 2, 2};
    for (TrialRegression found :
        new TrialRegression[] {
          TrialRegression.ridge(attacked, y), TrialRegression.leastNorm(attacked, y)
        }) {
      assertArrayEquals(new double[2], found.coefficients());
      assertEquals(2, found.intercept());
      assertTrue(Double.isNaN(found.rSquared()));
    }
  }

  @Test
  void trialsThatAreAllAlikeGiveZeros() {
    boolean[][] attacked = {{true, false}, {true, false}, {true, false}};
    double[] y = {1, 2, 3};
    for (TrialRegression found :
        new TrialRegression[] {
          TrialRegression.ridge(attacked, y), TrialRegression.leastNorm(attacked, y)
        }) {
      assertArrayEquals(new double[2], found.coefficients());
      assertEquals(2, found.intercept());
      assertEquals(0, found.rSquared());
    }
  }

  static boolean[][] attacked(JsonNode regression) {
    JsonNode rows = regression.get("attacked");
    boolean[][] attacked = new boolean[rows.size()][rows.get(0).size()];
    for (int t = 0; t < attacked.length; t++) {
      for (int p = 0; p < attacked[t].length; p++) {
        attacked[t][p] = rows.get(t).get(p).asInt() == 1;
      }
    }
    return attacked;
  }

  static double[] doubles(JsonNode array) {
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble();
    }
    return values;
  }
}
