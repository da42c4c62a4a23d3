package org.anomalyscore.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.command.WideOption;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: the whole chain with nothing to download. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Draws a reference set of procedural scenes and the images of four simulated generators"
          + " (fresh draws, and three with growing faults), scores them with the bundled feature"
          + " model and prints the leaderboard."
    },
    footerHeading = "%nExample:%n",
    footer = "  anomaly-score demo --out my-demo")
public final class DemoCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      defaultValue = "anomaly-score-demo",
      paramLabel = "DIR",
      description =
          "Writes images, model and tables into this local folder. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--images",
      defaultValue = "400",
      paramLabel = "N",
      description =
          "Draws this number of images for the reference set, at least 2, and half as many for each"
              + " other set. Images of an earlier demo in the folder stay, and count. Default:"
              + " ${DEFAULT-VALUE}.")
  private int references;

  @Mixin private WideOption wide;

  @Mixin private SparkOptions spark;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    DemoJob job = new DemoJob(request(), this::line);
    Path model = job.draw();
    try (SparkSession session = spark.start("demo", hadoop -> {})) {
      return Output.printText(spec, wide, job.run(session, model));
    }
  }

  private DemoRequest request() {
    try {
      return new DemoRequest(out, references);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void line(String text) {
    PrintWriter print = spec.commandLine().getOut();
    print.println(text);
    print.flush();
  }
}
