package org.anomalyscore.evaluate;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.OutOrScoresOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ResamplingOptions;
import org.anomalyscore.command.ScoresOptions;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code evaluate}: score tables in, leaderboard out. */
@Command(
    name = "evaluate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Computes the Anomaly Score of generated sets against a reference set.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score evaluate --scores tables --reference real --generated gan-7,ddpm",
      "  anomaly-score evaluate --scores tables --reference real --generated gan-7 --json"
    })
public final class EvaluateCommand implements Callable<Integer> {

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
      description = "Evaluates these generated data sets, separated by commas.")
  private List<String> generated;

  @Mixin private OutOrScoresOption out;

  @Mixin private ConfigIdOption configId;

  @Option(
      names = "--per-image",
      description =
          "Writes atypicality, p-value, q-value and direction of each generated image to the table"
              + " image_measures, with realism and rarity where the scores have features.")
  private boolean perImage;

  @Option(
      names = "--no-set-measures",
      description =
          "Leaves out Frechet distance, precision, recall and the other set measures, which are"
              + " computed if the scores have features. Their time grows with the product of both"
              + " sets' sizes.")
  private boolean noSetMeasures;

  @Option(
      names = "--flag-fdr",
      paramLabel = "P",
      description =
          "Flags images that are unlike the reference's at this false discovery rate, between 0 and"
              + " 1: of the flagged images of a set, this share is flagged by chance, on average."
              + " Default: ${DEFAULT-VALUE}.")
  private double flagRate = Evaluator.FLAG_RATE;

  @Mixin private ResamplingOptions resampling;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    EvaluateJob job = new EvaluateJob(request());
    try (SparkSession session = spark.start("evaluate " + reference, scores::requireThere)) {
      return output.print(job.run(session));
    }
  }

  private EvaluateRequest request() {
    return new EvaluateRequest(
        scores.folder(),
        out.folder(),
        reference,
        generated,
        configId.id(),
        scores.allowIncomplete(),
        !noSetMeasures,
        perImage,
        flagRate,
        resampling.options());
  }
}
