package org.anomalyscore.benchmark;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.TableRow;

/**
 * A night's alerts as JSON, for machines; {@code conf/alerts.schema.json} describes it.
 *
 * @param runIds one for each model
 * @param states how many generators are in each state, summed over the models
 * @param expectedFalseAlarms how many alerts are expected at most in 30 nights in which nothing
 *     changes; null where {@code max_increase} decides, which knows no chance
 * @param generators rows of the table {@code alerts}
 * @param evaluations rows of the table {@code evaluations}
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record AlertsFile(
    List<String> runIds,
    String summary,
    Map<String, Integer> states,
    Double expectedFalseAlarms,
    List<Map<String, Object>> generators,
    List<Map<String, Object>> evaluations) {

  static AlertsFile of(List<BenchmarkNight> nights, BenchmarkManifest.Thresholds thresholds) {
    List<TableRow> rows = nights.stream().flatMap(night -> night.states().stream()).toList();
    Map<String, Integer> states = new TreeMap<>();
    rows.forEach(row -> states.merge((String) row.get("state"), 1, Integer::sum));
    return new AlertsFile(
        nights.stream().map(night -> night.run().id()).toList(),
        AlertState.summaryOf(rows),
        states,
        thresholds.maxIncrease() == null ? (Double) (30 * thresholds.alertFdr()) : null,
        rows.stream().map(TableRow::asMap).toList(),
        nights.stream()
            .flatMap(night -> night.evaluation().rows().stream())
            .map(TableRow::asMap)
            .toList());
  }

  /** Whether somebody has to be told: more happened than generators that are well, new or gone. */
  boolean isNews() {
    return states.keySet().stream()
        .map(AlertState::of)
        .anyMatch(
            state ->
                state.isAlert() || state == AlertState.FAILED || state == AlertState.RECOVERED);
  }

  String json() {
    return Json.write(this);
  }
}
