package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.LongStream;
import org.anomalyscore.benchmark.AlertSimulation.Source;
import org.anomalyscore.benchmark.AlertSimulation.Year;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That the false alarms and the delays are of the size that docs/nightly.md says. */
class AlertSimulationTest {

  private static final BenchmarkManifest.Thresholds DEFAULT =
      AlertSimulation.thresholds("median-of 7", 0.01, 60);

  private static List<Source> generators(long seed) {
    return LongStream.range(0, AlertSimulation.GENERATORS)
        .mapToObj(g -> AlertSimulation.normal(1000 * seed + g))
        .toList();
  }

  @Test
  @Tag("nightly")
  void aYearWithoutChangeRaisesFewAlerts() {
    int nights = 0;
    for (long seed = 0; seed < 2; seed++) {
      nights += AlertSimulation.year(generators(seed), DEFAULT, AlertSimulation.NIGHTS).nights();
    }
    // At most 0.01 a night is 7.3 in two years; more than 16 has a probability below 0.002.
    assertTrue(nights <= 16, nights + " nights with an alert");
  }

  @Test
  @Tag("nightly")
  void aDriftIsSeenInEachGenerator() {
    Year year = AlertSimulation.year(generators(7), DEFAULT, 60);
    assertEquals(AlertSimulation.GENERATORS, year.delays().size());
    List<Integer> sorted = year.delays().stream().sorted().toList();
    int median = sorted.get(sorted.size() / 2);
    assertTrue(median > 15 && median < 75, "median delay " + median);
  }

  @Test
  void withoutTheTrendADriftIsHardlyEverSeen() {
    Year year =
        AlertSimulation.year(generators(7), AlertSimulation.thresholds("median-of 7", 0.01, 0), 60);
    assertTrue(year.delays().size() < 5, year::toString);
  }
}
