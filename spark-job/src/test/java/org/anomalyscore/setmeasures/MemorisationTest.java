package org.anomalyscore.setmeasures;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against src/test/python/setmeasures/memorisation_oracle.py. */
class MemorisationTest {

  static Stream<JsonNode> cases() throws IOException {
    try (InputStream in =
        MemorisationTest.class.getResourceAsStream("/setmeasures/memorisation.json")) {
      List<JsonNode> cases = new ArrayList<>();
      JsonMapper.builder().build().readTree(in).path("cases").forEach(cases::add);
      return cases.stream();
    }
  }

  private static FeatureSet set(float[][] rows, int from, int to, int cut) {
    return FeatureSet.of(
        SetMeasuresTest.table(Arrays.copyOfRange(rows, from, to), from + cut, cut));
  }

  private static Memorisation.Found found(
      float[][] rows, int training, int reference, int generated, int cut) {
    int both = training + reference;
    try (FeatureSet trained = set(rows, 0, training, cut);
        FeatureSet real = set(rows, training, both, cut);
        FeatureSet made = set(rows, both, both + generated, cut)) {
      return new Memorisation(trained, real).of(made);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheOracle(JsonNode expected) {
    int training = expected.path("training").asInt();
    int reference = expected.path("reference").asInt();
    int generated = expected.path("generated").asInt();
    Memorisation.Found found =
        found(
            SetMeasuresTest.features(
                expected.path("kind").asText(),
                training + reference,
                generated,
                expected.path("dimension").asInt(),
                expected.path("seed").asLong()),
            training,
            reference,
            generated,
            2);
    assertEquals(training, found.nTraining());
    // Counts over counts.
    assertEquals(expected.path("authenticity").asDouble(), found.authenticity().value());
    assertEquals(
        expected.path("reference_authenticity").asDouble(), found.referenceAuthenticity().value());
    assertEquals(
        expected.path("authenticity_std_err").asDouble(), found.authenticity().error(), 1e-15);
    // A few operations on whole numbers, but for the root.
    close(expected.path("ct"), found.ct().value(), 1e-13);
    close(expected.path("ct_std_err"), found.ct().error(), 1e-14);
    for (int i = 0; i < expected.path("nearest").size(); i++) {
      assertEquals(expected.path("nearest").get(i).asInt(), found.nearest()[i], "of image " + i);
      // The sum of squares, in another order.
      close(expected.path("distance").get(i), found.distance()[i], 1e-14);
      close(expected.path("ratio").get(i), found.ratio()[i], 1e-14);
    }
  }

  private static void close(JsonNode expected, double found, double tolerance) {
    if (expected.isNull()) {
      assertTrue(Double.isNaN(found), "found " + found);
    } else {
      assertEquals(
          expected.asDouble(), found, tolerance * Math.max(1, Math.abs(expected.asDouble())));
    }
  }

  @Test
  void partitionsAndTheOrderOfRowsChangeNothing() {
    float[][] rows = SetMeasuresTest.features("copies", 310, 120, 8, 7);
    Memorisation.Found one = found(rows, 200, 110, 120, 1);
    Memorisation.Found other = found(rows, 200, 110, 120, 5);
    assertEquals(one.byName(), other.byName());
    assertEquals(Arrays.toString(one.ratio()), Arrays.toString(other.ratio()));
    assertEquals(Arrays.toString(one.nearest()), Arrays.toString(other.nearest()));
  }

  /** Half of the set are training images, which a generator that is only good does not make. */
  @Test
  void copiesAreTold() {
    Memorisation.Found found =
        found(SetMeasuresTest.features("copies", 310, 120, 8, 7), 200, 110, 120, 2);
    assertEquals(60, Arrays.stream(found.ratio()).filter(ratio -> ratio == 0).count());
    assertTrue(found.authenticity().value() < found.referenceAuthenticity().value() / 1.5);
    assertTrue(found.ct().value() < -3, "CT " + found.ct());
    Memorisation.Found fresh =
        found(SetMeasuresTest.features("copies", 430, 120, 8, 7), 200, 110, 120, 2);
    assertTrue(Math.abs(fresh.ct().value()) < 3 * fresh.ct().error(), "CT " + fresh.ct());
  }
}
