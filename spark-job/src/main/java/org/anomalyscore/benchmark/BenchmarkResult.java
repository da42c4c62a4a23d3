package org.anomalyscore.benchmark;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.command.Result;
import org.anomalyscore.evaluate.EvaluateResult;

/**
 * What a run of benchmark came to.
 *
 * @param nights one for each model, in the manifest's order
 * @param tables folder of the tables
 */
record BenchmarkResult(List<Benchmark.Night> nights, String tables) implements Result {

  @Override
  public String text() {
    return String.join(System.lineSeparator(), Benchmark.text(nights), "", "Written to " + tables);
  }

  @Override
  public Map<String, Object> json() {
    return Map.of("models", nights.stream().map(BenchmarkResult::json).toList());
  }

  private static Map<String, Object> json(Benchmark.Night night) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("run_id", night.run().id());
    object.putAll(EvaluateResult.json(night.evaluation()));
    night.outcome().forEach(object::putIfAbsent);
    return object;
  }

  @Override
  public ExitCode exitCode() {
    if (nights.stream().anyMatch(night -> !night.alerts().isEmpty())) {
      return ExitCode.ALERT;
    }
    if (nights.stream().anyMatch(night -> !night.evaluation().failed().isEmpty())) {
      return ExitCode.BAD_INPUT;
    }
    return nights.stream().anyMatch(night -> !night.rejects().isEmpty())
        ? ExitCode.TOO_MANY_REJECTS
        : ExitCode.DONE;
  }
}
