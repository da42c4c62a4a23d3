package org.anomalyscore.labels;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ScoresOptions;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code labels}: scores and a label an image in, means by label out. */
@Command(
    name = "labels",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Compares complexity, vulnerability and AS-i between images of different labels.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score labels --scores tables --dataset real --by-folder",
      "  anomaly-score labels --scores tables --dataset real --labels viewing-times.csv --ordered"
    })
public final class LabelsCommand implements Callable<Integer> {

  @Mixin private ScoresOptions scores;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "Summarises this data set.")
  private String dataset;

  @ArgGroup(exclusive = true, multiplicity = "1")
  private Source source;

  /** Where labels come from; one of the two. */
  private static final class Source {

    @Option(
        names = "--labels",
        required = true,
        paramLabel = "FILE",
        description =
            "Takes the label of each image from this CSV file (with a header) or Parquet file,"
                + " which has the columns path and label.")
    private String file;

    @Option(
        names = "--by-folder",
        required = true,
        description = "Takes the name of the folder that an image lies in as its label.")
    private boolean byFolder;
  }

  @Option(
      names = "--ordered",
      description =
          "Takes the labels as numbers, and tests whether the measures rise or fall with them.")
  private boolean ordered;

  @Mixin private ConfigIdOption configId;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    LabelsJob job = new LabelsJob(request());
    try (SparkSession session = spark.start("labels " + dataset, scores::requireThere)) {
      return output.print(job.run(session));
    }
  }

  private LabelsRequest request() {
    return new LabelsRequest(
        scores.folder(),
        dataset,
        source.byFolder ? null : source.file,
        ordered,
        configId.id(),
        scores.allowIncomplete());
  }
}
