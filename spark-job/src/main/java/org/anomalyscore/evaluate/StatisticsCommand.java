package org.anomalyscore.evaluate;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ScoresOptions;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code statistics}: kept features in, a file of their mean and covariance out. */
@Command(
    name = "statistics",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes mean and covariance of a data set's features to a file that pytorch-fid and"
            + " clean-fid read, and evaluate with --reference-statistics.",
    footerHeading = "%nExample:%n",
    footer = "  anomaly-score statistics --scores tables --dataset real --out real.npz")
public final class StatisticsCommand implements Callable<Integer> {

  @Mixin private ScoresOptions scores;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "Takes the features of this data set, which score kept with --features.")
  private String dataset;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "Writes this .npz file, with the arrays mu and sigma in float64, and mu_s and sigma_s"
              + " where score kept a spatial layer.")
  private String out;

  @Mixin private ConfigIdOption configId;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    StatisticsJob job =
        new StatisticsJob(scores.folder(), dataset, out, configId.id(), scores.allowIncomplete());
    try (SparkSession session = spark.start("statistics " + dataset, scores::requireThere)) {
      return output.print(job.run(session));
    }
  }
}
