package org.anomalyscore.setmeasures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against src/test/python/setmeasures/inception_score_oracle.py. */
class InceptionScoreTest {

  static Stream<JsonNode> cases() throws IOException {
    try (InputStream in =
        InceptionScoreTest.class.getResourceAsStream("/setmeasures/inception_score.json")) {
      List<JsonNode> cases = new ArrayList<>();
      JsonMapper.builder().build().readTree(in).path("cases").forEach(cases::add);
      return cases.stream();
    }
  }

  private static Estimate score(float[][] logits, long shuffle, int partitions) {
    try (FeatureSet set = FeatureSet.of(SetMeasuresTest.table(logits, shuffle, partitions))) {
      return InceptionScore.of(set);
    }
  }

  private static float[][] logits(String kind, int n, int classes, long seed, int gain) {
    float[][] rows = SetMeasuresTest.features(kind, n, 0, classes, seed);
    for (float[] row : rows) {
      for (int y = 0; y < classes; y++) {
        row[y] *= gain;
      }
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheOracle(JsonNode expected) {
    Estimate found =
        score(
            logits(
                expected.get("kind").asText(),
                expected.get("n").asInt(),
                expected.get("classes").asInt(),
                expected.get("seed").asLong(),
                expected.get("gain").asInt()),
            1,
            3);
    if (expected.path("score").isMissingNode()) {
      assertTrue(Double.isNaN(found.value()) && Double.isNaN(found.error()));
      return;
    }
    double score = expected.get("score").asDouble();
    assertEquals(score, found.value(), 1e-12 * score);
    double error = expected.get("std_err").asDouble();
    assertEquals(error, found.error(), 1e-9 * error + 1e-14);
    assertEquals(expected.get("published").asDouble(), 3 * found.error(), 1e-9);
  }

  @Test
  void orderAndPartitionsChangeNoBit() {
    float[][] logits = logits("mixed", 2600, 6, 3, 16);
    assertEquals(score(logits, 1, 1), score(logits, 2, 7));
  }

  /** Each image surely of one class, and each class as frequent in each part. */
  @Test
  void sureImagesOfAllClassesAreAsManyAsTheClasses() {
    float[][] logits = new float[100][5];
    for (int i = 0; i < logits.length; i++) {
      logits[i][i % 5] = 1e6f;
    }
    Estimate found = score(logits, 1, 2);
    assertEquals(5, found.value(), 1e-12);
    assertEquals(0, found.error(), 1e-12);
  }

  @Test
  void noImagesHaveNoScore() {
    assertTrue(Double.isNaN(score(new float[0][0], 1, 1).value()));
  }
}
