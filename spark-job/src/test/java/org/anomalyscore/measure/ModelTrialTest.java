package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.djl.Device;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.TestSpark;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faulty models, which src/test/python/oracle/make_faulty_models.py makes. */
class ModelTrialTest {

  private static final int BATCH = 4;

  private static Path folder() {
    try {
      return Path.of(ModelTrialTest.class.getResource("/faulty/crash.pt").toURI()).getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String refusal(String name) {
    Path model = folder().resolve(name + ".pt");
    Path card = folder().resolve(name + ".yaml");
    String message =
        assertThrows(UserException.class, () -> ModelTrial.run(model, card, BATCH)).getMessage();
    assertTrue(message.contains("faulty-" + name.replace('_', '-')), message);
    assertEquals(1, message.lines().count(), message);
    return message;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "training_dropout | other features at each call | Dropout",
        "counter | other features at each call | counter",
        "training_batch_norm | beside other images | Batch normalisation",
        "place | another place of the batch | treats the images of a batch differently",
        "number | in a call of one image than in a call of 4 | number of images",
        "fixed_batch | on a batch of 4 | A module must take any batch size",
        "names_gpu | PyTorch says: | Export it on the CPU",
        "half | PyTorch says: RuntimeError: | module.float()",
        "asserts | this network takes 17 pixels | own code refuses",
        "memory | allocate memory | smaller --batch-size"
      })
  void namesTheFaultAndItsRemedy(String name, String what, String remedy) {
    String message = refusal(name);
    assertTrue(message.contains(what), message);
    assertTrue(message.contains(remedy), message);
  }

  @ParameterizedTest
  @CsvSource({
    "tiny",
    "tiny_tuple",
    "tiny_outputs",
    "tiny_map",
    "tiny_tokens",
    "linear",
    "constant",
    "circle_fast"
  })
  void passesWhatDependsOnTheImageAlone(String name) throws IOException {
    for (int batchSize : List.of(1, 2, 7, 32)) {
      ModelTrial.run(TestModels.file(name), TestModels.folder().resolve(name + ".yaml"), batchSize);
    }
  }

  @Test
  void passesFeaturesThatAreNotFinite() throws IOException {
    ModelTrial.run(
        TestModels.file("nan_when_dark"), TestModels.folder().resolve("nan_when_dark.yaml"), BATCH);
  }

  @Test
  void aCrashOfPyTorchIsAMessage() {
    String uri = folder().resolve("crash.pt").toString();
    String message =
        assertThrows(
                UserException.class,
                () -> ModelOpener.open(TestSpark.session(), EngineOptions.of(uri)))
            .getMessage();
    assertTrue(message.contains("the module crashed PyTorch"), message);
    assertTrue(message.contains("faulty-crash"), message);
    assertTrue(message.contains("a module is code"), message);
  }

  @Test
  void memoryThatDoesNotSufficeIsAMessageOfItsOwn() {
    String uri = folder().resolve("wide.pt").toString();
    String message =
        assertThrows(
                UserException.class,
                () -> ModelOpener.open(TestSpark.session(), EngineOptions.of(uri)))
            .getMessage();
    assertTrue(
        message.startsWith("The feature model faulty-wide cannot be tried on a batch of 32 images"),
        message);
    assertTrue(message.contains("do not fit into 2"), message);
    assertTrue(message.contains("Give a smaller --batch-size"), message);
  }

  @Test
  void aRunToldItsBatchSizeIsTriedAtIt() {
    String uri = folder().resolve("number.pt").toString();
    String message =
        assertThrows(
                UserException.class,
                () ->
                    ModelOpener.open(
                        TestSpark.session(),
                        new EngineOptions(uri, 5, Devices.Mode.CPU, ImageLoader.MOST_PIXELS)))
            .getMessage();
    assertTrue(message.contains("in a call of 5"), message);
  }

  /** What the trial's images do not show is one message without a trace. */
  @Test
  void aModuleThatFailsOnAnImageIsAMessage() throws IOException {
    Path file = folder().resolve("refuses_dark.pt");
    Path card = folder().resolve("refuses_dark.yaml");
    ModelTrial.run(file, card, BATCH);
    ModelFile model =
        new ModelFile(
            ContentHash.hex(file), ModelCard.parse(Files.readString(card), card.toString()));
    var pixels = TestModels.inputs().get(0).pixels().clone();
    Arrays.fill(pixels, 0);
    try (ScorePredictor predictor =
        ScorePredictor.open(model, file, Device.cpu(), ScoreParameters.PAPER, BATCH, 1)) {
      UserException fault =
          assertThrows(
              UserException.class,
              () -> predictor.measure(List.of(new InputImage("black-one", pixels))));
      assertTrue(fault.getMessage().contains("an image is black"), fault.getMessage());
      assertTrue(fault.getMessage().contains("black-one"), fault.getMessage());
      assertEquals(0, fault.getStackTrace().length);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "train_traced_bn | beside other images",
        "fixed_batch1 | A module must take any batch size",
        "cuda_const | Could not run 'aten::empty.memory_format' with arguments from the 'CUDA'"
      })
  void refusesTheSamples(String name, String what) {
    Path samples = TestModels.shared().resolve("data/faults/models");
    assumeTrue(Files.isDirectory(samples), samples + " is not here");
    String message =
        assertThrows(
                UserException.class,
                () ->
                    ModelTrial.run(
                        samples.resolve(name + ".pt"), samples.resolve(name + ".yaml"), 8))
            .getMessage();
    assertTrue(message.contains(what), message);
  }
}
