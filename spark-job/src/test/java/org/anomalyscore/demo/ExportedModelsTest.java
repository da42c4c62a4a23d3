package org.anomalyscore.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.repository.zoo.ModelNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What {@code export_feature_model.py --golden} wrote, in this DJL's PyTorch: the features of
 * Python and a gradient for the attack. The files are too large for the repository:
 *
 * <pre>
 * python3 spark-job/src/main/python/export_feature_model.py resnet50 vit-s16 convnext-tiny \
 *   dino-vits16 dinov2-vits14 clip-vitb32 inception-v3 --random-weights --golden --out target/models
 * ./mvnw test -pl spark-job -am -Dtest=ExportedModelsTest -Dsurefire.failIfNoSpecifiedTests=false \
 *   -Danomalyscore.exported-models=$PWD/target/models
 * </pre>
 */
class ExportedModelsTest {

  private static final String PROPERTY = "anomalyscore.exported-models";

  /** What the script writes with --golden. */
  private static final int BATCH = 3;

  @TestFactory
  @EnabledIfSystemProperty(
      named = PROPERTY,
      matches = ".+",
      disabledReason = "no exported models: set it to the folder that the export script wrote")
  List<DynamicTest> featuresEqualThoseOfPythonAndHaveAGradient() throws IOException {
    String folder = System.getProperty(PROPERTY);
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".pt")).sorted().toList()) {
        tests.add(DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
      }
    }
    assertTrue(!tests.isEmpty(), "no .pt file in " + folder);
    return tests;
  }

  private static void check(Path file)
      throws IOException, ModelNotFoundException, MalformedModelException {
    float[] pixels = floats(beside(file, ".input.bin"));
    float[] golden = floats(beside(file, ".features.bin"));
    double[] wanted = IntStream.range(0, golden.length).mapToDouble(i -> golden[i]).toArray();
    try (TorchScript model = TorchScript.load(file)) {
      double difference = TorchScript.relativeDifference(model.features(pixels, BATCH), wanted);
      System.out.printf("%s: largest relative difference %.2g%n", file.getFileName(), difference);
      assertTrue(difference < 1e-5, "the features differ by " + difference);
      TorchScript.assertUsable(model.gradient(pixels, BATCH));
    }
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.pt$", ending));
  }

  private static float[] floats(Path file) throws IOException {
    FloatBuffer buffer =
        ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
