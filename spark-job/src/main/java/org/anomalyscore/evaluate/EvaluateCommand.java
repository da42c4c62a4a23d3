package org.anomalyscore.evaluate;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.anomalyscore.command.CatalogOption;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.OutOrScoresOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ResamplingOptions;
import org.anomalyscore.command.ScoresOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
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
      "  anomaly-score evaluate --scores tables --reference real --generated gan-7 --json",
      "  anomaly-score evaluate --scores tables --reference-statistics real.npz --generated gan-7"
    })
public final class EvaluateCommand implements Callable<Integer> {

  /** Options of a comparison with a data set, which published statistics are not. */
  private static final List<String> OF_A_DATA_SET =
      List.of(
          "--out",
          "--catalog-table",
          "--per-image",
          "--training",
          "--no-set-measures",
          "--flag-fdr",
          "--permutations",
          "--resamples",
          "--confidence",
          "--seed");

  @Spec private CommandSpec spec;

  @Mixin private ScoresOptions scores;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Reference reference;

  /** What generated sets are compared with; one of the two. */
  private static final class Reference {

    @Option(
        names = "--reference",
        required = true,
        paramLabel = "DATASET",
        description = "Compares with this data set of natural images.")
    private String dataset;

    @Option(
        names = PublishedReferenceJob.OPTION,
        required = true,
        paramLabel = "FILE",
        description =
            "Computes Frechet distances alone, from mean and covariance (mu, sigma, and mu_s and"
                + " sigma_s of a spatial layer) in this .npz file, as pytorch-fid, clean-fid, ADM"
                + " and the command statistics write it, and the Inception Score of kept logits."
                + " It must be of the same feature model. Adds no row to the table evaluations.")
    private String statistics;
  }

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
              + " image_measures, with realism and rarity where the scores have features."
              + " With --training also the nearest image of the training set.")
  private boolean perImage;

  @Option(
      names = "--no-set-measures",
      description =
          "Leaves out Frechet distance, precision, recall and the other set measures, which are"
              + " computed if the scores have features. Their time grows with the product of both"
              + " sets' sizes.")
  private boolean noSetMeasures;

  @Option(
      names = "--training",
      paramLabel = "DATASET",
      description =
          "Looks for copies of this data set, on which the generators were trained: authenticity and"
              + " CT score of each set, beside those of the reference, which must be images that"
              + " they were not trained on; and with --per-image the nearest training image of each"
              + " image. All scored with --features.")
  private String training;

  @Option(
      names = "--flag-fdr",
      paramLabel = "P",
      description =
          "Flags images that are unlike the reference's at this false discovery rate, between 0 and"
              + " 1: of the flagged images of a set, this share is flagged by chance, on average."
              + " Default: ${DEFAULT-VALUE}.")
  private double flagRate = Evaluator.FLAG_RATE;

  @Mixin private ResamplingOptions resampling;

  @Mixin private CatalogOption catalog;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    if (reference.statistics != null) {
      return callWithStatistics();
    }
    EvaluateRequest request = request();
    try (SparkSession session = spark.start("evaluate " + reference.dataset, this::requireThere)) {
      int code = output.print(new EvaluateJob(request).run(session));
      return catalog.register(session, request.out(), code);
    }
  }

  private int callWithStatistics() throws IOException {
    ParseResult given = spec.commandLine().getParseResult();
    List<String> senseless = OF_A_DATA_SET.stream().filter(given::hasMatchedOption).toList();
    if (!senseless.isEmpty()) {
      throw new UserException(
          "With --reference-statistics there are Frechet distances alone, and no table of them."
              + " Leave out "
              + String.join(", ", senseless)
              + ".");
    }
    PublishedReferenceJob job =
        new PublishedReferenceJob(
            scores.folder(),
            reference.statistics,
            generated,
            configId.id(),
            scores.allowIncomplete());
    try (SparkSession session =
        spark.start("evaluate " + reference.statistics, scores::requireThere)) {
      return output.print(job.run(session));
    }
  }

  private void requireThere(Configuration hadoop) {
    catalog.requireMetastore();
    scores.requireThere(hadoop);
  }

  private EvaluateRequest request() {
    return new EvaluateRequest(
        scores.folder(),
        out.folder(),
        reference.dataset,
        generated,
        configId.id(),
        scores.allowIncomplete(),
        !noSetMeasures,
        training,
        perImage,
        flagRate,
        resampling.options());
  }
}
