package org.anomalyscore.benchmark;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.evaluate.Leaderboard;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.TableRow;

/**
 * What came out under one feature model.
 *
 * @param states a row of {@code alerts} for each generator
 * @param rejects sets with more rejects than the manifest allows, and how many
 */
record BenchmarkNight(
    Run run,
    Evaluator.Result evaluation,
    List<TableRow> states,
    List<HumanCorrelation> correlations,
    Map<String, String> rejects) {

  /** What became less natural, in this night or an earlier one. */
  List<TableRow> alerts() {
    return states.stream().filter(row -> AlertState.of(row).isAlert()).toList();
  }

  /** What stands in the column {@code outcome} of the table {@code runs}. */
  Map<String, Object> outcome() {
    Map<String, Object> outcome = new LinkedHashMap<>();
    outcome.put("reference", evaluation.reference());
    outcome.put("failed", failed());
    outcome.put("alerts", alerts().stream().map(TableRow::asMap).toList());
    outcome.put("correlations", correlations);
    outcome.put("rejects", rejects);
    return outcome;
  }

  List<Failure> failed() {
    List<Failure> failed = new ArrayList<>();
    evaluation
        .failed()
        .forEach(
            (dataset, reason) ->
                failed.add(
                    new Failure(dataset, evaluation.model(), evaluation.configId(), reason)));
    return failed;
  }

  /** A generated set that has no place on the leaderboard. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Failure(String dataset, String model, String configId, String reason) {}

  /** The leaderboards and what a reader must not miss. */
  static String text(List<BenchmarkNight> nights) {
    StringBuilder text = new StringBuilder();
    for (BenchmarkNight night : nights) {
      text.append(Leaderboard.render(night.evaluation)).append("\n\n");
      if (!night.correlations.isEmpty()) {
        text.append(HumanCorrelation.render(night.correlations)).append("\n");
      }
      night.rejects.forEach((set, why) -> text.append("REJECTS ").append(set + ": " + why + "\n"));
      for (TableRow row : night.states) {
        AlertState state = AlertState.of(row);
        if (state.isAlert() || state == AlertState.RECOVERED || state == AlertState.STALE) {
          text.append(state.isAlert() ? "ALERT" : state.name())
              .append(' ')
              .append(VisibleText.of((String) row.get("message")))
              .append('\n');
        }
      }
    }
    List<TableRow> states = nights.stream().flatMap(night -> night.states.stream()).toList();
    text.append("Tonight: ").append(AlertState.summaryOf(states)).append('.');
    return text.toString().stripTrailing();
  }
}
