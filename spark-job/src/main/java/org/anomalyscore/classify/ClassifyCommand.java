package org.anomalyscore.classify;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.anomalyscore.command.SparkOptions;
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
import picocli.CommandLine.Spec;

/** {@code classify}: kept features in, how well the sets can be told apart out. */
@Command(
    name = "classify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Trains classifiers to tell the data sets apart by their stored features.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score classify --scores tables --reference real --generated gan-7,ddpm",
      "  anomaly-score classify --scores tables --reference real --generated gan-7 --json"
    })
public final class ClassifyCommand implements Callable<Integer> {

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "DIR",
      description = "The --out folder of score --features; the result is added to its tables.")
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
      names = "--config-id",
      paramLabel = "ID",
      description = "Whose features to use, where the sets were scored in several ways.")
  private String configId;

  @Option(
      names = "--allow-incomplete",
      description = "Classifies also sets whose last score run is under way, was killed or failed.")
  private boolean allowIncomplete;

  @Option(
      names = "--test-fraction",
      defaultValue = "0.3",
      paramLabel = "P",
      description = "Of each class, kept from training. Default: ${DEFAULT-VALUE}.")
  private double testFraction;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Of the split and of the perceptron's start. Default: 0.")
  private long seed;

  @Mixin private SparkOptions spark;

  @Option(names = "--json", description = "Prints one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Classification.Options options = new Classification.Options(seed, testFraction);
    Run run = Run.start("classify");
    try (SparkSession session = spark.start("classify " + reference)) {
      TableStore store = new TableStore(session, scores);
      Classification.Result result =
          new Classification(store, options, session.sparkContext().defaultParallelism())
              .allowIncomplete(allowIncomplete)
              .of(run, reference, generated, configId);
      store.append(Table.CLASSIFICATIONS, result.rows().stream().map(TableRow::toRow).toList());
      Map<String, Object> configuration = new TreeMap<>();
      configuration.put("scores", store.location(Table.SCORES));
      configuration.put("reference", reference);
      configuration.put("generated", generated);
      configuration.put("options", options);
      configuration.put("allow_incomplete", allowIncomplete);
      store.append(Table.RUNS, List.of(run.complete(result.configId(), configuration).toRow()));
      spec.commandLine()
          .getOut()
          .println(
              json
                  ? Json.write(asMap(result))
                  : ClassificationBoard.render(result)
                      + System.lineSeparator()
                      + "Written to "
                      + store.location(Table.CLASSIFICATIONS));
      return 0;
    }
  }

  /** The result as an object of JSON. */
  private static Map<String, Object> asMap(Classification.Result result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("reference", result.reference());
    object.put("config_id", result.configId());
    object.put("model", result.model());
    object.put("images", result.images());
    object.put("classifications", result.rows().stream().map(TableRow::asMap).toList());
    return object;
  }
}
