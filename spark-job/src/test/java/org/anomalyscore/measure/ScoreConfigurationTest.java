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
    assertEquals("c8af2eee8f9dfe523", id(ScoreParameters.PAPER));
    assertEquals("c785a70443953a225", id(ScoreParameters.AUTHORS_CODE));
    assertEquals(
        "c4add8d6a5f325732", id(ScoreParameters.PAPER.with(Parameter.SEED, -5).withDraws(3)));
    assertEquals(
        "cd70fc031de231792",
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

  /** Or rows of one name could have logits of two elements. */
  @Test
  void furtherOutputsArePartOfTheName() {
    ModelFile plain = TestModels.model("tiny_outputs");
    Set<String> ids = new HashSet<>();
    for (Integer[] named :
        new Integer[][] {{null, null}, {1, null}, {2, null}, {null, 2}, {1, 2}}) {
      ModelCard card = plain.card();
      ModelCard.Output output = new ModelCard.Output(0, 16, null, named[0], named[1]);
      ModelFile file =
          new ModelFile(
              plain.sha256(),
              new ModelCard(card.name(), card.input(), output, null, card.sha256(), null, null));
      ids.add(new ScoreConfiguration(file, ScoreParameters.PAPER).configId());
    }
    assertEquals(5, ids.size());
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
