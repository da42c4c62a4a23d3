package org.anomalyscore.benchmark;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.evaluate.EvaluateCommand;
import org.anomalyscore.job.Main;
import org.anomalyscore.storage.Json;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code benchmark}: a night's scores, evaluations, leaderboards and alerts. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Scores what is not scored yet, evaluates each generator under each feature model, writes the"
          + " leaderboard and tells which generators became less natural since the last run.",
      "Exit codes, the first that applies: 5 an alert; 3 a generator failed (the others stand);"
          + " 4 too many rejects."
    },
    footerHeading = "%nExample:%n",
    footer = "  anomaly-score benchmark --manifest nightly.yaml")
public final class BenchmarkCommand implements Callable<Integer> {

  @Option(
      names = "--manifest",
      required = true,
      paramLabel = "FILE",
      description =
          "YAML; conf/benchmark.yaml is an example, conf/benchmark.schema.json tells all.")
  private String manifest;

  @Mixin private SparkOptions spark;

  @Option(names = "--json", description = "Prints one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (SparkSession session = spark.start("benchmark")) {
      BenchmarkManifest night =
          ManifestReader.read(manifest, session.sessionState().newHadoopConf());
      List<Benchmark.Night> nights = new Benchmark(session, night).run();
      PrintWriter out = spec.commandLine().getOut();
      out.println(json ? json(nights) : Benchmark.text(nights));
      if (!json) {
        out.println();
        out.println("Written to " + night.outputs().tables());
      }
      return exitCode(nights);
    }
  }

  private static String json(List<Benchmark.Night> nights) {
    return Json.write(
        Map.of(
            "models",
            nights.stream()
                .map(
                    night -> {
                      Map<String, Object> object = new LinkedHashMap<>();
                      object.put("run_id", night.run().id());
                      object.putAll(EvaluateCommand.asMap(night.evaluation()));
                      night.outcome().forEach(object::putIfAbsent);
                      return object;
                    })
                .toList()));
  }

  private static int exitCode(List<Benchmark.Night> nights) {
    if (nights.stream().anyMatch(night -> !night.alerts().isEmpty())) {
      return Main.ALERT;
    }
    if (nights.stream().anyMatch(night -> !night.evaluation().failed().isEmpty())) {
      return Main.BAD_INPUT;
    }
    return nights.stream().anyMatch(night -> !night.rejects().isEmpty())
        ? Main.TOO_MANY_REJECTS
        : 0;
  }
}
