package org.anomalyscore.training;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.Json;

/** What {@code src/test/python/training/training_oracle.py} computed. */
final class Oracle {

  private Oracle() {}

  static Map<String, Object> read() {
    try {
      return Json.read(Files.readString(Path.of("src/test/resources/training/oracle.json")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double[] numbers(Object list) {
    return ((List<?>) list)
        .stream().mapToDouble(number -> ((Number) number).doubleValue()).toArray();
  }

  /** Numbers that the script makes the same way. */
  static float[] made(int n, double step) {
    float[] numbers = new float[n];
    for (int i = 0; i < n; i++) {
      numbers[i] = (float) Math.sin(step * (i + 1));
    }
    return numbers;
  }
}
