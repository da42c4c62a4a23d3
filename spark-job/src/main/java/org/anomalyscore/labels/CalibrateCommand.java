package org.anomalyscore.labels;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ResamplingOptions;
import org.anomalyscore.command.ScoresOptions;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code calibrate}: scores and people's labels in, which measures agree with people out. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Compares the measures of single images with people's labels, and says which of them may be"
            + " used with this feature model to find bad images.",
    footerHeading = "%nExample:%n",
    footer =
        "  anomaly-score calibrate --scores tables --dataset gan-7 --labels quality.csv --reference"
            + " real")
public final class CalibrateCommand implements Callable<Integer> {

  @Mixin private ScoresOptions scores;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "Compares the images of this data set with their labels.")
  private String dataset;

  @Option(
      names = "--labels",
      required = true,
      paramLabel = "FILE",
      description =
          "Takes the label of each image, a number that is low for bad images, from this CSV file"
              + " (with a header) or Parquet file, which has the columns path and label. A column"
              + " group, such as the generator, is used where it is there.")
  private String labels;

  @Option(
      names = "--reference",
      paramLabel = "DATASET",
      description =
          "Measures atypicality beside this data set of natural images, and takes the realism and"
              + " rarity that evaluate --per-image wrote against it. Default: these three are left"
              + " out.")
  private String reference;

  @Mixin private ConfigIdOption configId;

  @Mixin private ResamplingOptions resampling;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    CalibrateJob job =
        new CalibrateJob(
            new CalibrateRequest(
                scores.folder(),
                dataset,
                labels,
                reference,
                configId.id(),
                scores.allowIncomplete(),
                resampling.options()));
    try (SparkSession session = spark.start("calibrate " + dataset, scores::requireThere)) {
      return output.print(job.run(session));
    }
  }
}
