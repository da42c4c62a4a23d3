package org.anomalyscore.explain;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.anomalyscore.command.EngineOption;
import org.anomalyscore.command.OutOrScoresOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ProfileOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.explain.AttributionParameters.Regression;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code explain}: images in, the places that make them vulnerable out. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows which parts of an image make it vulnerable. It cuts the image into super-pixels,"
          + " attacks a few random ones at a time, and fits by regression how much each adds to"
          + " the change of the features.",
      "An image takes about as long as scoring it once for each trial of each seed.",
      "Each trial is one attack: --draws only selects the scores of that number of draws, with"
          + " --scores."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score explain --images odd.png --model resnet50.pt --out tables",
      "  anomaly-score explain --scores tables --dataset gan-7 --top 10 \\",
      "      --model resnet50.pt"
    })
public final class ExplainCommand implements Callable<Integer> {

  /** Coefficients have error bars of use then, and no more trials than that are paid for. */
  private static final int TRIALS_A_SUPERPIXEL = 4;

  /** T of the paper's Appendix D. */
  private static final int PAPER_TRIALS = 20;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** Where the images come from. */
  static final class Source {
    @Option(
        names = "--images",
        required = true,
        arity = "1..*",
        paramLabel = "PATH",
        description = "Explains all images of these files, folders or globs.")
    private List<String> images;

    @ArgGroup(exclusive = false)
    private Scored scored;
  }

  /** The images of a set with the highest AS-i. */
  static final class Scored {
    @Option(
        names = "--scores",
        required = true,
        paramLabel = "DIR",
        description =
            "Explains the images with the highest AS-i of a data set, from the folder of tables"
                + " that score wrote to with --out.")
    private String scores;

    @Option(
        names = "--dataset",
        required = true,
        paramLabel = "NAME",
        description = "Takes the images of this data set of --scores.")
    private String dataset;

    @Option(
        names = "--top",
        defaultValue = "10",
        paramLabel = "N",
        description = "Explains this number of its images. Default: ${DEFAULT-VALUE}.")
    private int top;
  }

  @Mixin private EngineOption engine;

  @Mixin private OutOrScoresOption out;

  @Option(
      names = "--superpixels",
      defaultValue = "20",
      paramLabel = "N",
      description =
          "Cuts each image into about this number of super-pixels. Default: ${DEFAULT-VALUE}.")
  private int superpixels;

  @Option(
      names = "--trials",
      paramLabel = "T",
      description =
          "Attacks each image this number of times under each seed. Default: 4 for each"
              + " super-pixel.")
  private Integer trials;

  @Option(
      names = "--seeds",
      defaultValue = "3",
      paramLabel = "R",
      description =
          "Repeats all trials under this number of seeds, which count up from --seed. Coefficients"
              + " are means over the seeds, and the rankings of the seeds are compared. Default:"
              + " ${DEFAULT-VALUE}.")
  private int seeds;

  @Option(
      names = "--paper",
      description =
          "Takes the paper's setting: 20 trials under each seed, and least squares. Since 20 trials"
              + " do not determine 20 coefficients and an intercept, it takes the solution of least"
              + " norm.")
  private boolean paper;

  @Mixin private ProfileOptions profile;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (paper && trials != null) {
      throw usage("--paper has 20 trials; give it without --trials");
    }
    Scored scored = source.scored;
    if (out.folder() == null && scored == null) {
      throw usage("--images needs --out, the folder of the tables");
    }
    ScoreParameters parameters = profile.parameters();
    Integer draws = profile.givenDraws();
    if (scored == null && draws != null && draws > 1) {
      throw usage(
          draws
              + " draws were asked for: draws select the scores that are averages of as many, and"
              + " --images has no scores. Give it without --draws, --noise-draws and"
              + " --attack-draws; --seeds repeats the attacks");
    }
    int count = trials != null ? trials : paper ? PAPER_TRIALS : TRIALS_A_SUPERPIXEL * superpixels;
    ExplainRequest request =
        new ExplainRequest(
            scored == null
                ? new ImageChoice.Listed(source.images)
                : new ImageChoice.Highest(scored.scores, scored.dataset, scored.top),
            engine.engine(),
            parameters,
            new AttributionParameters(
                superpixels, count, seeds, paper ? Regression.LEAST_NORM : Regression.RIDGE),
            out.folder() == null ? scored.scores : out.folder());
    try (SparkSession session = spark.start("explain", this::requireThere)) {
      return output.print(new ExplainJob(request).run(session));
    }
  }

  private void requireThere(Configuration hadoop) {
    if (source.images != null) {
      source.images.forEach(image -> ImageFinder.requireThere(hadoop, image));
    } else {
      TableStore.requireThere(hadoop, "--scores", source.scored.scores);
    }
    engine.requireThere(hadoop);
  }

  private ParameterException usage(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
