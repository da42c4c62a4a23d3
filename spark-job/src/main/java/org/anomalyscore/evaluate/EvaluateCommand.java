package org.anomalyscore.evaluate;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ResamplingOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
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

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "DIR",
      description = "The --out folder of score.")
  private String scores;

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "DATASET",
      description = "The natural images.")
  private String reference;

  @Option(
      names = "--generated",
      required = true,
      split = ",",
      paramLabel = "DATASET",
      description = "The generated sets, separated by commas.")
  private List<String> generated;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where the tables evaluations and runs grow. Default: the --scores folder.")
  private String out;

  @Option(
      names = "--config-id",
      paramLabel = "ID",
      description = "Whose scores to compare, where the sets were scored in several ways.")
  private String configId;

  @Option(
      names = "--allow-incomplete",
      description = "Evaluates also sets whose last score run is under way, was killed or failed.")
  private boolean allowIncomplete;

  @Option(
      names = "--per-image",
      description =
          "Writes realism and rarity of each generated image to the table image_measures; needs"
              + " scores with --features.")
  private boolean perImage;

  @Option(
      names = "--no-set-measures",
      description =
          "Leaves out Frechet distance, kernel distance, precision, recall, density and coverage,"
              + " which take as long as both sets' sizes multiplied, where scores have features.")
  private boolean noSetMeasures;

  @Mixin private ResamplingOptions resampling;

  @Mixin private SparkOptions spark;

  @Option(names = "--json", description = "Prints one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (perImage && noSetMeasures) {
      throw new ParameterException(
          spec.commandLine(),
          "--per-image needs the set measures; give it without --no-set-measures");
    }
    AnomalyScore.Options options = resampling.options();
    try (SparkSession session = spark.start("evaluate " + reference)) {
      TableStore target = new TableStore(session, out == null ? scores : out);
      if (out != null) {
        target.requireWritable();
      }
      Evaluator.Result result =
          evaluate(
              new TableStore(session, scores),
              target,
              options,
              reference,
              generated,
              configId,
              allowIncomplete,
              !noSetMeasures,
              perImage);
      spec.commandLine()
          .getOut()
          .println(
              json
                  ? Json.write(asMap(result))
                  : Leaderboard.render(result)
                      + System.lineSeparator()
                      + "Written to "
                      + target.location(Table.EVALUATIONS));
      return 0;
    }
  }

  /** Evaluates, and records the evaluation and the run. */
  public static Evaluator.Result evaluate(
      TableStore source,
      TableStore target,
      AnomalyScore.Options options,
      String reference,
      List<String> generated,
      String configId,
      boolean allowIncomplete,
      boolean setMeasures,
      boolean perImage) {
    Run run = Run.start("evaluate");
    Evaluator evaluator =
        new Evaluator(source, options).allowIncomplete(allowIncomplete).setMeasures(setMeasures);
    if (perImage) {
      evaluator.perImage(rows -> target.append(Table.IMAGE_MEASURES, rows));
    }
    Evaluator.Result result = evaluator.evaluate(run, reference, generated, configId);
    target.append(Table.EVALUATIONS, result.rows().stream().map(TableRow::toRow).toList());
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("scores", source.location(Table.SCORES));
    configuration.put("reference", reference);
    configuration.put("generated", generated);
    configuration.put("options", options);
    configuration.put("allow_incomplete", allowIncomplete);
    configuration.put("set_measures", setMeasures);
    configuration.put("per_image", perImage);
    target.append(Table.RUNS, List.of(run.complete(result.configId(), configuration).toRow()));
    return result;
  }

  /** The result as an object of JSON. */
  public static Map<String, Object> asMap(Evaluator.Result result) {
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("dataset", result.reference());
    reference.put("n", result.nReference());
    reference.put("config_id", result.configId());
    reference.put("model", result.model());
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("reference", reference);
    object.put("generators", result.rows().stream().map(TableRow::asMap).toList());
    return object;
  }
}
