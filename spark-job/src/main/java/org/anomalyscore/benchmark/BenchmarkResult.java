package org.anomalyscore.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.command.Result;
import org.anomalyscore.evaluate.EvaluateResult;
import org.anomalyscore.table.TableRow;

/**
 * What a run of benchmark came to.
 *
 * @param nights one for each model, in the manifest's order
 * @param tables folder of the tables
 * @param notTold why nobody was notified; null if somebody was, or there was no need
 */
record BenchmarkResult(List<BenchmarkNight> nights, String tables, String notTold)
    implements Result {

  @Override
  public String text() {
    List<String> lines =
        new ArrayList<>(List.of(BenchmarkNight.text(nights), "", "Written to " + tables));
    lines.addAll(warnings());
    return String.join(System.lineSeparator(), lines);
  }

  @Override
  public List<String> warnings() {
    return notTold == null ? List.of() : List.of("WARNING: " + notTold);
  }

  @Override
  public Map<String, Object> json() {
    return Map.of("models", nights.stream().map(BenchmarkResult::json).toList());
  }

  private static Map<String, Object> json(BenchmarkNight night) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("run_id", night.run().id());
    object.putAll(EvaluateResult.json(night.evaluation()));
    night.outcome().forEach(object::putIfAbsent);
    object.put("states", night.states().stream().map(TableRow::asMap).toList());
    return object;
  }

  @Override
  public ExitCode exitCode() {
    if (nights.stream().anyMatch(night -> !night.alerts().isEmpty())) {
      return ExitCode.ALERT;
    }
    if (notTold != null
        || nights.stream().anyMatch(night -> !night.evaluation().failed().isEmpty())) {
      return ExitCode.BAD_INPUT;
    }
    return nights.stream().anyMatch(night -> !night.rejects().isEmpty())
        ? ExitCode.TOO_MANY_REJECTS
        : ExitCode.DONE;
  }
}
