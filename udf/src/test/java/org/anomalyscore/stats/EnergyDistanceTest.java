package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class EnergyDistanceTest {

  static List<String[]> oracle() {
    return Oracle.rows("energy.csv");
  }

  private static EnergyDistance of(Oracle.Points data) {
    return EnergyDistance.of(data.x1, data.y1, data.x2, data.y2, 0);
  }

  @ParameterizedTest(name = "{0} {1} {2}, seed {3}")
  @MethodSource("oracle")
  void equalsScipy(String kind, int n, int m, long seed, String value, String error) {
    EnergyDistance found = of(Oracle.points(kind, n, m, seed));
    assertEquals(Oracle.number(value), found.value(), 1e-12);
    assertEquals(Oracle.number(error), found.standardError(), 1e-11);
  }

  @Test
  void unitsDoNotMatter() {
    Oracle.Points data = Oracle.points("shifted", 40, 49, 3);
    double expected = of(data).value();
    for (double[] values : List.of(data.y1, data.y2)) {
      for (int i = 0; i < values.length; i++) {
        values[i] = 1024 * values[i] - 5;
      }
    }
    assertEquals(expected, of(data).value(), 1e-12);
  }

  @Test
  void ofManyPointsASeededPartIsTaken() {
    Oracle.Points data = Oracle.points("shifted", EnergyDistance.MOST_POINTS + 500, 300, 4);
    EnergyDistance found = of(data);
    assertEquals(found, of(data));
    EnergyDistance other = EnergyDistance.of(data.x1, data.y1, data.x2, data.y2, 1);
    assertTrue(other.value() != found.value());
    assertEquals(other.value(), found.value(), 0.2 * found.standardError());
  }

  @Test
  void degenerateRowsAreRefused() {
    double[] one = {1, 2};
    double[] bad = {1, Double.NaN};
    assertThrows(IllegalArgumentException.class, () -> EnergyDistance.of(one, bad, one, one, 0));
  }
}
