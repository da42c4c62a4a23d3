package org.anomalyscore.report;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
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
        "Makes one HTML file of the tables, with figures and images, that needs no network.",
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
      description = "The folder of the tables that evaluate or benchmark wrote to.")
  private String from;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The HTML file, local or of any file system that Hadoop knows; overwritten.")
  private String out;

  @Option(
      names = "--reference",
      paramLabel = "DATASET",
      description = "Only what was evaluated against this reference. Default: all.")
  private String reference;

  @Mixin private ConfigIdOption configId;

  @Option(
      names = "--thumbnails",
      paramLabel = "N",
      description =
          "Images that each of a gallery's five levels shows; 0 reads no images. Default: 6, fewer"
              + " where there are more than 60 data sets.")
  private Integer thumbnails;

  @Mixin private SparkOptions spark;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ReportJob job =
        new ReportJob(new ReportRequest(from, out, configId.id(), reference, thumbnails));
    try (SparkSession session = spark.start("report")) {
      return Output.printText(spec, job.run(session));
    }
  }
}
