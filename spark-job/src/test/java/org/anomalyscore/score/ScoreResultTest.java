package org.anomalyscore.score;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.measure.Precision;
import org.anomalyscore.storage.Json;
import org.junit.jupiter.api.Test;

/** What the floor of complexity means depends on what the feature model computes in. */
class ScoreResultTest {

  @Test
  void aUsualFloorIsNoWarning() {
    for (Precision precision : Precision.values()) {
      ScoreResult result = result(0.0104, precision);
      assertFalse(result.nearRoundingFloor());
      assertEquals(List.of(), result.warnings());
    }
    assertEquals(List.of(), result(null, Precision.FLOAT32).warnings());
  }

  @Test
  void inFloat32AnUnusualFloorIsRounding() {
    for (double floor : new double[] {0, 0.0049, 0.021, Double.NaN}) {
      ScoreResult result = result(floor, Precision.FLOAT32);
      assertTrue(result.nearRoundingFloor(), "" + floor);
      assertTrue(result.warnings().get(0).contains("complexity measures rounding"));
    }
  }

  @Test
  void inFloat64AnUnusualFloorIsNoRounding() {
    ScoreResult result = result(0.05, Precision.FLOAT64);
    assertFalse(result.nearRoundingFloor());
    String warning = result.warnings().get(0);
    assertTrue(warning.contains("0.0500") && warning.contains("no rounding"), warning);
    assertTrue(warning.contains("A smaller --noise-step"), warning);
    assertFalse(
        Json.write(result.json()).contains("precision"), "only what is documented is in the JSON");
  }

  @Test
  void aStepThatMovesNoFeatureIsTooSmallInFloat64Too() {
    ScoreResult result = result(0.0, Precision.FLOAT64);
    assertTrue(result.nearRoundingFloor());
    assertTrue(result.warnings().get(0).contains("a larger --noise-step"));
    assertEquals(1, result.warnings().size());
  }

  @Test
  void asManyRejectsAsTheLimitAreNotTooMany() {
    assertEquals(ExitCode.DONE, rejected(2).exitCode());
    assertEquals(ExitCode.TOO_MANY_REJECTS, rejected(3).exitCode());
  }

  /** So many of 40 images, where 5 % may be. */
  private static ScoreResult rejected(long count) {
    return new ScoreResult(
        "run",
        "set",
        "c0",
        40,
        40 - count,
        0,
        Map.of("truncated", count),
        0,
        "images",
        Map.of(),
        List.of(),
        1,
        1,
        1,
        Map.of(),
        0.01,
        0,
        0,
        Precision.FLOAT32,
        0.05,
        Map.of());
  }

  private static ScoreResult result(Double floor, Precision precision) {
    return new ScoreResult(
        "run", "set", "c0", 10, 10, 0, Map.of(), 0, "images", Map.of(), List.of(), 1, 1, 1,
        Map.of(), floor, 0, 0, precision, 0.05, Map.of());
  }
}
