package org.anomalyscore.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.Measurement;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.measure.TestModels;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.sweep.SweepPlan.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against {@link ScorePredictor#measure}, a run of the sweep at a time. */
class SweepBatchTest {

  private static final int BATCH = 7;

  private static SweepPlan plan(ScoreParameters profile) {
    List<Setting> settings = new ArrayList<>();
    for (double eps : new double[] {0.001, 0.01, 0.02, 0.1}) {
      settings.add(new Setting(Parameter.NOISE_STEP, eps));
    }
    for (double k : new double[] {2, 10, 13}) {
      settings.add(new Setting(Parameter.NOISE_STEPS, k));
    }
    for (double alpha : new double[] {profile.attackStep(), 0.03}) {
      settings.add(new Setting(Parameter.ATTACK_STEP, alpha));
    }
    for (double j : new double[] {1, 10, 12}) {
      settings.add(new Setting(Parameter.ATTACK_STEPS, j));
    }
    for (double start : new double[] {0, profile.attackStart(), 0.01}) {
      settings.add(new Setting(Parameter.ATTACK_START, start));
    }
    return new SweepPlan(profile, settings, List.of(0L, 5L));
  }

  private static List<SweepBatch.Swept> swept(String model, SweepPlan plan, List<InputImage> inputs)
      throws IOException {
    try (ScorePredictor predictor = TestModels.predictor(model, plan.profile(), BATCH)) {
      List<String> paths = Collections.nCopies(inputs.size(), "path");
      return SweepBatch.measure(plan, predictor, paths, inputs);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"paper", "authors-code"})
  void eachRunHasTheBitsOfAScoreRun(String name) throws IOException {
    ScoreParameters profile =
        name.equals("paper") ? ScoreParameters.PAPER : ScoreParameters.AUTHORS_CODE;
    SweepPlan plan = plan(profile);
    List<InputImage> inputs = TestModels.inputs();
    // A batch that is padded, and other company in the score run.
    List<SweepBatch.Swept> swept = swept("tiny", plan, inputs.subList(0, 5));
    boolean atProfile = false;
    for (int run = 0; run < plan.runs(); run++) {
      ScoreParameters p = plan.parameters(run);
      atProfile |= p.equals(profile);
      try (ScorePredictor predictor = TestModels.predictor("tiny", p, BATCH)) {
        List<Measurement> measured = predictor.measure(inputs.subList(0, BATCH));
        for (int i = 0; i < 5; i++) {
          assertEquals(measured.get(i).complexity(), swept.get(i).complexity()[run], "" + p);
          assertEquals(measured.get(i).vulnerability(), swept.get(i).vulnerability()[run], "" + p);
          assertEquals(
              measured.get(i).complexityFloor(), swept.get(i).complexityFloor()[run], "" + p);
        }
      }
    }
    assertTrue(atProfile, "the profile at seed 0 is a run");
  }

  @Test
  void passesAreSharedAndCounted() throws IOException {
    SweepPlan plan = plan(ScoreParameters.PAPER);
    SweepBatch.Swept image = swept("tiny", plan, TestModels.inputs().subList(0, 1)).get(0);
    // A seed: eps 0.001 gives ten lengths and 0.00001; 0.01 gives 0.02 to 0.13 and 0.0001 (0.01 is
    // there as 10 x 0.001); 0.02 meets even multiples of 0.01 up to 0.12 and adds 0.14 to 0.2 and
    // 0.0002; 0.1 adds 0.3 to 1 (0.1 and 0.2 are there), and its floor's 0.001 is there.
    int lengths = 10 + 1 + (12 + 1) + (4 + 1) + 8;
    // Attacks: 12 steps seen at 1, 10 and 12; alpha 0.03, r0 0 and 0.01 of ten steps each.
    int attacks = 2 * 12 + 3 + 3 * (2 * 10 + 1);
    // M(x) once for both seeds.
    int expected = 1 + 2 * (lengths + attacks);
    // Rounding to float may part a few products that are one in the reals.
    assertTrue(
        image.passes() >= expected && image.passes() <= expected + 2 * 6,
        image.passes() + " instead of " + expected);
    // Distinct runs of a seed: 11 in all; 33 passes each at the profile's K and J.
    long perSeed = 33 * 11 + (2 - 10) + (13 - 10) + 2 * (1 - 10) + 2 * (12 - 10);
    assertEquals(2 * perSeed, plan.naivePasses());
  }

  @Test
  void degenerateRunsHaveNoNumber() throws IOException {
    SweepPlan plan = plan(ScoreParameters.PAPER);
    for (SweepBatch.Swept image : swept("constant", plan, TestModels.inputs().subList(0, 2))) {
      for (int run = 0; run < plan.runs(); run++) {
        assertTrue(Double.isNaN(image.complexity()[run]));
        assertTrue(Double.isNaN(image.vulnerability()[run]));
        assertTrue(Double.isNaN(image.complexityFloor()[run]));
      }
    }
  }

  @Test
  void wrongValuesAreTold() {
    List<Setting> one = List.of(new Setting(Parameter.NOISE_STEPS, 1));
    String message =
        assertThrows(
                UserException.class, () -> new SweepPlan(ScoreParameters.PAPER, one, List.of(0L)))
            .getMessage();
    assertTrue(message.startsWith("--noise-steps is 1"), message);
    List<Setting> good = List.of(new Setting(Parameter.NOISE_STEPS, 3));
    message =
        assertThrows(
                UserException.class,
                () -> new SweepPlan(ScoreParameters.PAPER, good, List.of(0L, 0L)))
            .getMessage();
    assertTrue(message.startsWith("--seeds"), message);
  }
}
