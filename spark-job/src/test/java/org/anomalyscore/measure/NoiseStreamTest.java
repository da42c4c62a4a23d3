package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.storage.ContentHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against src/test/python/oracle/noise.py, written from the definition alone. */
class NoiseStreamTest {

  private static JsonNode golden() throws IOException {
    try (InputStream in = NoiseStreamTest.class.getResourceAsStream("/oracle/noise_golden.json")) {
      return JsonMapper.builder().build().readTree(in);
    }
  }

  static List<JsonNode> streams() throws IOException {
    List<JsonNode> streams = new ArrayList<>();
    golden().get("streams").forEach(streams::add);
    return streams;
  }

  private static NoiseStream stream(JsonNode expected) throws IOException {
    NoiseStream.Purpose purpose =
        expected.get("purpose").asText().equals("attack-start")
            ? NoiseStream.Purpose.ATTACK_START
            : NoiseStream.Purpose.COMPLEXITY_NOISE;
    return new NoiseStream(
        purpose,
        expected.get("seed").asLong(),
        expected.get("draw").asInt(),
        golden().get("image_id").asText());
  }

  @Test
  void imageIdIsTheHashOfTheBytes() throws IOException {
    assertEquals(
        golden().get("image_id").asText(),
        ContentHash.hex("abc".getBytes(StandardCharsets.US_ASCII)));
  }

  @ParameterizedTest
  @MethodSource("streams")
  void keyValuesAndUniformsAreExact(JsonNode expected) throws IOException {
    NoiseStream stream = stream(expected);
    assertEquals(expected.get("key").asText(), String.format("%016x", stream.key()));
    for (int i = 0; i < expected.get("values").size(); i++) {
      assertEquals(expected.get("values").get(i).asText(), String.format("%016x", stream.value(i)));
      assertEquals(expected.get("uniforms").get(i).asDouble(), stream.uniform(i));
    }
  }

  @ParameterizedTest
  @MethodSource("streams")
  void gaussiansAgreeToTheLastBits(JsonNode expected) throws IOException {
    double[] g = stream(expected).gaussians(3072);
    for (int i = 0; i < expected.get("gaussians").size(); i++) {
      // Two libraries' log, cos and sin, each within an ulp of values below 10.
      assertEquals(expected.get("gaussians").get(i).asDouble(), g[i], 4e-15);
    }
    double sum = 0;
    for (double value : g) {
      sum += value * value;
    }
    assertEquals(expected.get("norm_of_3072_gaussians").asDouble(), Math.sqrt(sum), 1e-12);
  }

  @ParameterizedTest
  @MethodSource("streams")
  void directionHasUnitNormAndStaysInItsPlace(JsonNode expected) throws IOException {
    double[] target = new double[3072 + 10];
    stream(expected).writeUnitDirection(target, 5, 3072);
    double sum = 0;
    for (double value : target) {
      sum += value * value;
    }
    assertEquals(1, sum, 1e-14);
    assertEquals(0, target[4]);
    assertEquals(0, target[3077]);
  }

  @Test
  void startIsUniformOnBothSides() {
    double[] u = new double[100_000];
    new NoiseStream(NoiseStream.Purpose.ATTACK_START, 0, "x").writeUniform(u, 0, u.length);
    double sum = 0;
    for (double value : u) {
      assertTrue(value >= -1 && value < 1, () -> "out of range: " + value);
      sum += value;
    }
    // The mean of n uniform values has standard deviation 1 / sqrt(3 n) = 0.0018.
    assertEquals(0, sum / u.length, 0.009);
  }

  @Test
  void drawZeroIsTheStreamWithoutDraws() {
    NoiseStream.Purpose purpose = NoiseStream.Purpose.COMPLEXITY_NOISE;
    assertEquals(new NoiseStream(purpose, 3, "x").key(), new NoiseStream(purpose, 3, 0, "x").key());
    assertNotEquals(
        new NoiseStream(purpose, 3, "x").key(), new NoiseStream(purpose, 3, 1, "x").key());
  }

  @Test
  void anOddCountIsAPrefix() {
    NoiseStream stream = new NoiseStream(NoiseStream.Purpose.COMPLEXITY_NOISE, 0, "x");
    double[] all = stream.gaussians(8);
    double[] odd = stream.gaussians(7);
    for (int i = 0; i < 7; i++) {
      assertEquals(all[i], odd[i]);
    }
  }
}
