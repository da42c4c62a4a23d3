package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScoreConfigurationTest {

  private static String id(ScoreParameters parameters) {
    return new ScoreConfiguration(TestModels.model("tiny"), parameters).configId();
  }

  /** Tables hold these names: another name for the same numbers would score all images again. */
  @Test
  void namesStayWhatTablesHold() {
    assertEquals("c3c37934ff269a2bd", id(ScoreParameters.PAPER));
    assertEquals("ce848241444ed5dfa", id(ScoreParameters.AUTHORS_CODE));
    assertEquals(
        "c499c1439291dff1a", id(ScoreParameters.PAPER.with(Parameter.SEED, -5).withDraws(3)));
    assertEquals(
        "c98ace411d893f68f",
        id(
            ScoreParameters.PAPER
                .with(Parameter.NOISE_STEP, 1e-5)
                .with(Parameter.NOISE_STEPS, 2)
                .with(Parameter.ATTACK_STEP, 0.25)
                .with(Parameter.ATTACK_STEPS, 1)
                .with(Parameter.ATTACK_START, 0)
                .with(Parameter.ATTACK_BALL, 1.0 / 3)
                .with(Parameter.SEED, Long.MAX_VALUE)));
  }

  @Test
  void drawsOfCAndOfVAreToldApart() {
    Set<String> ids = new HashSet<>();
    for (int noise = 1; noise <= 3; noise++) {
      for (int attack = 1; attack <= 3; attack++) {
        ids.add(
            id(
                ScoreParameters.PAPER
                    .with(Parameter.NOISE_DRAWS, noise)
                    .with(Parameter.ATTACK_DRAWS, attack)));
      }
    }
    assertEquals(9, ids.size());
  }

  @ParameterizedTest
  @EnumSource
  void everyParameterIsPartOfTheName(Parameter parameter) {
    double other = parameter.preset().doubleValue() + 1;
    assertNotEquals(id(ScoreParameters.PAPER), id(ScoreParameters.PAPER.with(parameter, other)));
  }
}
