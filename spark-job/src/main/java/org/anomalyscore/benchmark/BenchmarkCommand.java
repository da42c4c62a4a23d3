package org.anomalyscore.benchmark;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.CatalogOption;
import org.anomalyscore.command.Environment;
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
          + " leaderboard, and reports which generators became less natural than their baseline.",
      "Exit codes, the first that applies: 5 an alert, new or open; 3 a generator failed (the"
          + " others are evaluated), or the manifest's notify did; 4 too many rejects."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  anomaly-score benchmark --manifest nightly.yaml",
      "  anomaly-score benchmark --manifest nightly.yaml --acknowledge gan-7"
    })
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

  @Option(
      names = "--acknowledge",
      paramLabel = "GENERATOR",
      description =
          "Scores nothing, and takes the present level of this generator of the manifest, whose"
              + " alert is open, for its new baseline: it raises no alert until it becomes less"
              + " natural than that.")
  private String acknowledged;

  @Mixin private CatalogOption catalog;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession session = spark.start("benchmark", this::requireThere)) {
      BenchmarkManifest night =
          ManifestReader.read(manifest, session.sessionState().newHadoopConf());
      Benchmark benchmark = new Benchmark(session, night);
      int code =
          output.print(
              acknowledged != null
                  ? new AcknowledgeResult(benchmark.acknowledge(acknowledged))
                  : benchmark.runAndTell(Notifier.of(night.notification(), Environment::variable)));
      return catalog.register(session, night.outputs().tables(), code);
    }
  }

  private void requireThere(Configuration hadoop) {
    catalog.requireMetastore();
    if (Storage.isLocal(Storage.path("--manifest", manifest), hadoop)) {
      BenchmarkManifest unused = ManifestReader.read(manifest, hadoop);
    }
  }
}
