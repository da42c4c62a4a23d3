package org.anomalyscore.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.ndarray.types.DataType;
import ai.djl.repository.zoo.ModelNotFoundException;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The committed model against the features that Python gave when it was trained. */
class DemoModelTest {

  @TempDir private Path folder;

  @Test
  void featuresEqualThoseOfPython()
      throws IOException, ModelNotFoundException, MalformedModelException {
    try (TorchScript model = TorchScript.load(DemoModel.write(folder), DataType.FLOAT64)) {
      List<String> golden = golden();
      assertEquals(8, golden.size());
      for (String line : golden) {
        double[] wanted = Arrays.stream(line.split(" ")).mapToDouble(Double::parseDouble).toArray();
        int index = (int) wanted[0];
        double[] features = model.features(pixels(SceneArtist.draw(20260102, index)), 1);
        double difference =
            TorchScript.relativeDifference(features, Arrays.copyOfRange(wanted, 1, wanted.length));
        // The golden features are float32's.
        assertTrue(difference < 1e-5, "scene " + index + " differs by " + difference);
      }
    }
  }

  @Test
  void pixelsHaveAGradient() throws IOException, ModelNotFoundException, MalformedModelException {
    try (TorchScript model = TorchScript.load(DemoModel.write(folder), DataType.FLOAT64)) {
      TorchScript.assertUsable(model.gradient(pixels(SceneArtist.draw(20260102, 0)), 1));
    }
  }

  @Test
  void theCardNamesTheFileThatIsThere() throws IOException, NoSuchAlgorithmException {
    Path file = DemoModel.write(folder);
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    String card = Files.readString(folder.resolve("demo-scenes.yaml"));
    assertTrue(card.contains("sha256: " + HexFormat.of().formatHex(hash)), card);
    assertTrue(Files.size(file) < 2_000_000, "the repository holds no large files");
  }

  private static List<String> golden() throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                DemoModelTest.class.getResourceAsStream("demo-scenes.features.txt"),
                StandardCharsets.UTF_8))) {
      return reader.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }

  /** RGB planes in [0, 1]. */
  private static double[] pixels(BufferedImage image) {
    int[] rgb = Pixels.of(image);
    double[] planes = new double[3 * rgb.length];
    for (int i = 0; i < rgb.length; i++) {
      for (int c = 0; c < 3; c++) {
        planes[c * rgb.length + i] = ((rgb[i] >> (16 - 8 * c)) & 0xff) / 255.0;
      }
    }
    return planes;
  }
}
