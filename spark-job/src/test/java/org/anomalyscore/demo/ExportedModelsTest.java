package org.anomalyscore.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.DataType;
import ai.djl.repository.zoo.ModelNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    DataType type =
        Files.readString(beside(file, ".yaml")).contains("\nprecision: float64")
            ? DataType.FLOAT64
            : DataType.FLOAT32;
    double[] pixels = values(beside(file, ".input.bin"), type);
    double[] wanted = values(beside(file, ".features.bin"), type);
    double limit = type == DataType.FLOAT64 ? 1e-12 : 1e-5;
    try (TorchScript model = TorchScript.load(file, type)) {
      double difference = TorchScript.relativeDifference(model.features(pixels, BATCH), wanted);
      System.out.printf("%s: largest relative difference %.2g%n", file.getFileName(), difference);
      assertTrue(difference < limit, "the features differ by " + difference);
      TorchScript.assertUsable(model.gradient(pixels, BATCH));
    }
  }

  private static Path beside(Path file, String ending) {
    return file.resolveSibling(file.getFileName().toString().replaceFirst("\\.pt$", ending));
  }

  private static double[] values(Path file, DataType type) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    double[] values = new double[bytes.remaining() / type.getNumOfBytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = type == DataType.FLOAT64 ? bytes.getDouble() : bytes.getFloat();
    }
    return values;
  }
}
