package org.anomalyscore.report;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code report}: tables in, one page of HTML out. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes one HTML file with the figures and images of the tables. It opens without a"
            + " network.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score report --from tables --out report.html",
      "  anomaly-score report --from s3a://night/tables --out s3a://night/report.html --thumbnails"
          + " 3"
    })
public final class ReportCommand implements Callable<Integer> {

  @Option(
      names = "--from",
      required = true,
      paramLabel = "DIR",
      description = "Reads this folder of tables, which evaluate or benchmark wrote to.")
  private String from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "Writes this HTML file, over the one that may be there; local or of any file system that"
              + " Hadoop knows.")
  private String out;

  @Option(
      names = "--reference",
      paramLabel = "DATASET",
      description = "Shows only what was evaluated against this reference. Default: all.")
  private String reference;

  @Mixin private ConfigIdOption configId;

  @Option(
      names = "--thumbnails",
      paramLabel = "N",
      description =
          "Shows this number of images at each of the five levels of a gallery; 0 reads no images."
              + " Default: 6, and fewer if there are more than 60 data sets.")
  private Integer thumbnails;

  @Mixin private SparkOptions spark;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ReportJob job =
        new ReportJob(new ReportRequest(from, out, configId.id(), reference, thumbnails));
    try (SparkSession session =
        spark.start("report", hadoop -> TableStore.requireThere(hadoop, "--from", from))) {
      return Output.printText(spec, job.run(session));
    }
  }
}
