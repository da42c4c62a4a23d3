package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a float64 feature model promises: C and V equal the definition's in float64 within 1e-9, and
 * do not depend on batch size and threads. The oracle is src/test/python/oracle, on PyTorch 2.13.0.
 */
class Float64Test {

  private static final double PROMISED = 1e-9;

  private static final Map<String, ScoreParameters> PROFILES =
      Map.of(
          "paper", ScoreParameters.PAPER,
          "authors_code", ScoreParameters.AUTHORS_CODE,
          "ball_ascending",
              ScoreParameters.PAPER
                  .with(Parameter.ATTACK_STEP, 2.0 / 255)
                  .with(Parameter.ATTACK_BALL, 8.0 / 255));

  @ParameterizedTest
  @CsvSource({
    "paper, 1, 1",
    "paper, 7, 1",
    "paper, 64, 2",
    "authors_code, 7, 2",
    "ball_ascending, 64, 1"
  })
  void scoresEqualTheOracleWhateverTheBatchSizeAndThreads(String profile, int batch, int threads)
      throws IOException {
    Map<String, String[]> expected = new HashMap<>();
    for (String line : Files.readAllLines(TestModels.folder().resolve("tiny_float64_scores.csv"))) {
      String[] cells = line.split(",", -1);
      if (cells[0].equals(profile)) {
        expected.put(cells[2], cells);
      }
    }
    List<InputImage> inputs = TestModels.inputs();
    assertEquals(inputs.size(), expected.size());
    List<Measurement> measured = measure("tiny_float64", PROFILES.get(profile), batch, threads);
    for (int i = 0; i < inputs.size(); i++) {
      String[] cells = expected.get(inputs.get(i).imageId());
      Measurement m = measured.get(i);
      assertEquals(1, m.complexity() / Double.parseDouble(cells[3]), PROMISED, cells[1] + " C");
      assertEquals(1, m.vulnerability() / Double.parseDouble(cells[4]), PROMISED, cells[1] + " V");
      assertEquals(1, m.stepNorm() / Double.parseDouble(cells[5]), PROMISED, cells[1] + " step");
      assertEquals(1, m.complexityFloor() / Double.parseDouble(cells[6]), 1e-7, cells[1]);
    }
  }

  /** The same network: what differs is the rounding. */
  @Test
  void pixelsAndNoiseAreNotRoundedToFloat32() throws IOException {
    List<Measurement> rounded = measure("tiny", ScoreParameters.PAPER, 7, 1);
    List<Measurement> exact = measure("tiny_float64", ScoreParameters.PAPER, 7, 1);
    for (int i = 0; i < exact.size(); i++) {
      double difference = Math.abs(rounded.get(i).complexity() / exact.get(i).complexity() - 1);
      assertTrue(difference > PROMISED && difference < 0.1, "image " + i + ": " + difference);
    }
  }

  @Test
  void thePrecisionIsPartOfTheConfigurationOnlyWhereItIsNotFloat32() {
    ScoreConfiguration float32 =
        new ScoreConfiguration(TestModels.model("tiny"), ScoreParameters.PAPER);
    // Written down for cards that name no precision: their tables must be continued.
    assertEquals("c8af2eee8f9dfe523", float32.configId());
    ModelCard card = float32.model().card();
    ModelCard said =
        new ModelCard(
            card.name(),
            card.input(),
            card.output(),
            "float32",
            card.sha256(),
            card.source(),
            card.licence());
    ModelFile same = new ModelFile(float32.model().sha256(), said);
    assertEquals(
        float32.configId(), new ScoreConfiguration(same, ScoreParameters.PAPER).configId());
    ScoreConfiguration float64 =
        new ScoreConfiguration(TestModels.model("tiny_float64"), ScoreParameters.PAPER);
    assertTrue(float64.text().contains("|precision=float64|"), float64.text());
    assertNotEquals(float32.configId(), float64.configId());
  }

  @Test
  void aCardOfAnotherPrecisionThanTheModulesIsTold() throws IOException {
    assertRefused("tiny", "float64", "computes in float32", "Write 'precision: float32'");
    assertRefused("tiny_float64", null, "gives float64 features", "Set precision in its card");
    assertRefused("linear", "float64", "float32", "precision: float32");
  }

  @Test
  void aModuleThatRoundsToFloat32InsideIsTold() throws IOException {
    assertRefused("rounds_inside", "float64", "rounds to float32 inside", "casts");
  }

  @Test
  void wholeFloat64ModulesAreNotTakenForRounding() throws IOException {
    try (ScorePredictor predictor =
        TestModels.predictor("tiny_float64", ScoreParameters.PAPER, 2)) {
      predictor.checkCard();
    }
  }

  @Test
  void featuresKeepAllDigits() throws IOException {
    double[] features =
        measure("tiny_float64", ScoreParameters.PAPER, 7, 1).get(0).output().features();
    double[] rounded = features.clone();
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) rounded[i];
    }
    assertArrayEquals(features, rounded, 1e-6);
    assertTrue(
        java.util.stream.IntStream.range(0, features.length)
            .anyMatch(i -> features[i] != rounded[i]));
  }

  private static void assertRefused(String name, String precision, String... parts)
      throws IOException {
    ModelFile file = TestModels.model(name);
    ModelCard card = file.card();
    ModelCard claimed =
        new ModelCard(
            card.name(),
            card.input(),
            card.output(),
            precision,
            card.sha256(),
            card.source(),
            card.licence());
    try (ScorePredictor predictor =
        ScorePredictor.open(
            new ModelFile(file.sha256(), claimed),
            TestModels.file(name),
            Device.cpu(),
            ScoreParameters.PAPER,
            1,
            1)) {
      String message = assertThrows(UserException.class, predictor::checkCard).getMessage();
      for (String part : parts) {
        assertTrue(message.contains(part), message);
      }
    }
  }

  private static List<Measurement> measure(
      String name, ScoreParameters parameters, int batchSize, int threads) throws IOException {
    List<InputImage> inputs = TestModels.inputs();
    List<Measurement> all = new ArrayList<>();
    try (ScorePredictor predictor =
        ScorePredictor.open(
            TestModels.model(name),
            TestModels.file(name),
            Device.cpu(),
            parameters,
            batchSize,
            threads)) {
      for (int i = 0; i < inputs.size(); i += batchSize) {
        all.addAll(predictor.measure(inputs.subList(i, Math.min(inputs.size(), i + batchSize))));
      }
    }
    return all;
  }
}
