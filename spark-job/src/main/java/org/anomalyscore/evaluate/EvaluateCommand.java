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
import org.anomalyscore.evaluate.EvaluateRequest.Features;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

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
          "Writes realism and rarity of each generated image to the table image_measures. This"
              + " needs scores with --features.")
  private boolean perImage;

  @Option(
      names = "--no-set-measures",
      description =
          "Leaves out Frechet distance, kernel distance, precision, recall, density and coverage,"
              + " which are computed if the scores have features. Their time grows with the product"
              + " of both sets' sizes.")
  private boolean noSetMeasures;

  @Mixin private ResamplingOptions resampling;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    EvaluateJob job = new EvaluateJob(request());
    try (SparkSession session = spark.start("evaluate " + reference)) {
      return output.print(job.run(session));
    }
  }

  private EvaluateRequest request() {
    if (perImage && noSetMeasures) {
      throw new ParameterException(
          spec.commandLine(),
          "--per-image needs the set measures; give it without --no-set-measures");
    }
    return new EvaluateRequest(
        scores.folder(),
        out.folder(),
        reference,
        generated,
        configId.id(),
        scores.allowIncomplete(),
        perImage
            ? Features.IMAGE_MEASURES
            : noSetMeasures ? Features.UNUSED : Features.SET_MEASURES,
        resampling.options());
  }
}
