package org.anomalyscore.labels;

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
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code labels}: scores and a label an image in, means by label out. */
@Command(
    name = "labels",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Sets complexity, vulnerability and AS-i against a label of each image.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score labels --scores tables --dataset real --by-folder",
      "  anomaly-score labels --scores tables --dataset real --labels viewing-times.csv --ordered"
    })
public final class LabelsCommand implements Callable<Integer> {

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "DIR",
      description = "The --out folder of score; the result is added to its tables.")
  private String scores;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "The data set whose images are labelled.")
  private String dataset;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  /** Where labels come from; one of the two. */
  private static final class Source {

    @Option(
        names = "--labels",
        required = true,
        paramLabel = "FILE",
        description = "CSV (with a header) or Parquet with columns path and label.")
    private String file;

    @Option(
        names = "--by-folder",
        required = true,
        description = "The label is the name of the folder that the image lies in.")
    private boolean byFolder;
  }

  @Option(
      names = "--ordered",
      description = "Labels are numbers; tests whether the measures rise or fall with them.")
  private boolean ordered;

  @Option(
      names = "--config-id",
      paramLabel = "ID",
      description = "Whose scores to take, where the set was scored in several ways.")
  private String configId;

  @Option(
      names = "--allow-incomplete",
      description =
          "Takes the set also where its last score run is under way, was killed or failed.")
  private boolean allowIncomplete;

  @Mixin private SparkOptions spark;

  @Option(names = "--json", description = "Prints one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Run run = Run.start("labels");
    try (SparkSession session = spark.start("labels " + dataset)) {
      TableStore store = new TableStore(session, scores);
      LabelSummary.Result result =
          new LabelSummary(session, store)
              .ordered(ordered)
              .allowIncomplete(allowIncomplete)
              .of(run, dataset, source.byFolder ? null : source.file, configId);
      store.append(Table.LABEL_SUMMARIES, result.rows().stream().map(TableRow::toRow).toList());
      Map<String, Object> configuration = new TreeMap<>();
      configuration.put("scores", store.location(Table.SCORES));
      configuration.put("dataset", dataset);
      configuration.put("labels", result.labels());
      configuration.put("ordered", ordered);
      configuration.put("allow_incomplete", allowIncomplete);
      store.append(
          Table.RUNS,
          List.of(run.complete(result.configId(), configuration).with("dataset", dataset).toRow()));
      spec.commandLine()
          .getOut()
          .println(
              json
                  ? Json.write(asMap(result))
                  : LabelBoard.render(result)
                      + System.lineSeparator()
                      + "Written to "
                      + store.location(Table.LABEL_SUMMARIES));
      return 0;
    }
  }

  /** The result as an object of JSON. */
  private static Map<String, Object> asMap(LabelSummary.Result result) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("dataset", result.dataset());
    object.put("config_id", result.configId());
    object.put("model", result.model());
    object.put("labels", result.labels());
    object.put("summaries", result.rows().stream().map(TableRow::asMap).toList());
    return object;
  }
}
