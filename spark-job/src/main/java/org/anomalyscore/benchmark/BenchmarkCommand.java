package org.anomalyscore.benchmark;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code benchmark}: a night's scores, evaluations, leaderboards and alerts. */
@Command(
    name = "benchmark",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Scores what is not scored yet, evaluates each generator under each feature model, writes the"
          + " leaderboard, and reports which generators became less natural since the last run.",
      "Exit codes, the first that applies: 5 an alert; 3 a generator failed (the others are"
          + " evaluated); 4 too many rejects."
    },
    footerHeading = "%nExample:%n",
    footer = "  anomaly-score benchmark --manifest nightly.yaml")
public final class BenchmarkCommand implements Callable<Integer> {

  @Option(
      names = "--manifest",
      required = true,
      paramLabel = "FILE",
      description =
          "Runs the benchmark that this YAML file describes. conf/benchmark.yaml is an example,"
              + " conf/benchmark.schema.json describes every key, and docs/nightly.md explains"
              + " them.")
  private String manifest;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession session = spark.start("benchmark", this::requireThere)) {
      BenchmarkManifest night =
          ManifestReader.read(manifest, session.sessionState().newHadoopConf());
      List<Benchmark.Night> nights = new Benchmark(session, night).run();
      return output.print(new BenchmarkResult(nights, night.outputs().tables()));
    }
  }

  private void requireThere(Configuration hadoop) {
    if (Storage.isLocal(Storage.path("--manifest", manifest), hadoop)) {
      BenchmarkManifest unused = ManifestReader.read(manifest, hadoop);
    }
  }
}
