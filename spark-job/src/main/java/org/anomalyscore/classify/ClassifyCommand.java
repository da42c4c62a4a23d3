package org.anomalyscore.classify;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ScoresOptions;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code classify}: scored images in, how well classifiers tell the data sets apart out. */
@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Trains classifiers to tell the data sets apart, by their stored features or by their pixels.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score classify --scores tables --reference real --generated gan-7,ddpm",
      "  anomaly-score classify --scores tables --reference real --generated gan-7 --json",
      "  anomaly-score classify --scores tables --reference real --generated gan-7 \\",
      "      --on pixels,low-pass,high-pass"
    })
public final class ClassifyCommand implements Callable<Integer> {

  @Mixin private ScoresOptions scores;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "DATASET",
      description = "Compares with this data set of natural images.")
  private String reference;

  @Option(
      names = "--generated",
      required = true,
      split = ",",
      paramLabel = "DATASET",
      description = "Classifies these generated data sets, separated by commas.")
  private List<String> generated;

  @Mixin private OnOption on;

  @Mixin private ConfigIdOption configId;

  @Option(
      names = "--test-fraction",
      defaultValue = "0.3",
      paramLabel = "P",
      description =
          "Tests on this fraction of the images of each class and trains on the others, between 0"
              + " and 1. Default: ${DEFAULT-VALUE}.")
  private double testFraction;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Draws the split and the networks' start from this seed. Default: 0.")
  private long seed;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    ClassifyJob job = new ClassifyJob(request());
    try (SparkSession session = spark.start("classify " + reference, scores::requireThere)) {
      return output.print(job.run(session));
    }
  }

  private ClassifyRequest request() {
    return new ClassifyRequest(
        scores.folder(),
        reference,
        generated,
        configId.id(),
        scores.allowIncomplete(),
        new SplitOptions(seed, testFraction),
        on.pixels());
  }
}
