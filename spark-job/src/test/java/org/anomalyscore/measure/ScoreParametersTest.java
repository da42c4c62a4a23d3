package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreParametersTest {

  @Test
  void theProfilesAreThoseOfThePaperAndOfItsCode() {
    assertEquals(
        "{noiseStep=0.01, noiseSteps=10, attackStep=0.01, attackSteps=10, attackStart=0.001,"
            + " attackBall=0.0, seed=0, noiseDraws=1, attackDraws=1, ascends=true}",
        ScoreParameters.PAPER.toString());
    assertEquals(
        "{noiseStep=0.01, noiseSteps=10, attackStep=0.00784313725490196, attackSteps=10,"
            + " attackStart=1.0E-6, attackBall=0.03137254901960784, seed=0, noiseDraws=1, attackDraws=1,"
            + " ascends=false}",
        ScoreParameters.AUTHORS_CODE.toString());
    assertEquals(
        "{noiseStep=0.03, noiseSteps=2, attackStep=0.03, attackSteps=2, attackStart=0.001,"
            + " attackBall=0.0, seed=0, noiseDraws=5, attackDraws=4, ascends=true}",
        ScoreParameters.REPEATABLE.toString());
  }

  @ParameterizedTest
  @EnumSource
  void onlyTheNamedParameterChanges(Parameter changed) {
    Number value = changed.preset().doubleValue() + 2;
    ScoreParameters other = ScoreParameters.AUTHORS_CODE.with(changed, value);
    assertNotEquals(ScoreParameters.AUTHORS_CODE, other);
    assertEquals(value, other.get(changed).doubleValue());
    for (Parameter parameter : Parameter.values()) {
      if (parameter != changed) {
        assertEquals(ScoreParameters.AUTHORS_CODE.get(parameter), other.get(parameter));
      }
    }
    assertEquals(
        ScoreParameters.AUTHORS_CODE,
        other.with(changed, ScoreParameters.AUTHORS_CODE.get(changed)));
  }

  @ParameterizedTest
  @CsvSource({
    "NOISE_STEP, 0, '--noise-step is 0.0. Give a number above 0.'",
    "NOISE_STEP, Infinity, '--noise-step is Infinity. Give a number above 0.'",
    "NOISE_STEPS, 1, '--noise-steps is 1: an angle needs two steps. Give 2 or more.'",
    "NOISE_STEPS, 2.5, '--noise-steps is 2.5. Give a whole number.'",
    "ATTACK_STEP, -1, '--attack-step is -1.0. Give a number above 0.'",
    "ATTACK_STEPS, 0, '--attack-steps is 0. Give 1 or more.'",
    "ATTACK_START, -0.1, '--attack-start is -0.1. Give 0 or a number above it.'",
    "ATTACK_BALL, NaN, '--attack-ball is NaN. Give 0 or a number above it.'",
    "NOISE_DRAWS, 0, '--noise-draws is 0. Give 1 or more.'",
    "ATTACK_DRAWS, 0, '--attack-draws is 0. Give 1 or more.'"
  })
  void valuesWithoutMeaningAreRefused(Parameter parameter, double value, String message) {
    assertEquals(
        message,
        assertThrows(UserException.class, () -> ScoreParameters.PAPER.with(parameter, value))
            .getMessage());
  }

  /** M(x), 10 on the path, one for the floor; 10 gradients of two passes and the last features. */
  @Test
  void passesAreThoseOfTheDefinition() {
    assertEquals(33, ScoreParameters.PAPER.passes());
    assertEquals(1 + 30 + 1 + 2 * 21, withDraws(3, 2).passes());
    assertTrue(ScoreParameters.REPEATABLE.passes() < ScoreParameters.PAPER.passes());
  }

  private static ScoreParameters withDraws(int noise, int attack) {
    return ScoreParameters.PAPER
        .with(Parameter.NOISE_DRAWS, noise)
        .with(Parameter.ATTACK_DRAWS, attack);
  }

  /** Notebooks read the parameters of a run by these names. */
  @Test
  void theTableOfRunsNamesThemAsItDid() {
    assertEquals(
        new TreeMap<>(
            Map.of(
                "noiseStep",
                0.01,
                "noiseSteps",
                10,
                "attackStep",
                0.01,
                "attackSteps",
                10,
                "attackStart",
                0.001,
                "attackBall",
                0.0,
                "ascends",
                true,
                "seed",
                0,
                "noiseDraws",
                1,
                "attackDraws",
                1)),
        Json.read(Json.write(ScoreParameters.PAPER)));
    assertTrue(
        Json.write(ScoreParameters.PAPER.with(Parameter.SEED, Long.MAX_VALUE))
            .contains("9223372036854775807"));
  }
}
