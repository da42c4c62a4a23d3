package org.anomalyscore.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.evaluate.EvaluateCommand;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.evaluate.Leaderboard;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.score.ScoreResult;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
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
      "Draws a reference set of procedural scenes and four stand-ins for generators (fresh draws,"
          + " and three with growing faults), scores them with the bundled feature model and"
          + " prints the leaderboard."
    },
    footerHeading = "%nExample:%n",
    footer = "  anomaly-score demo --out my-demo")
public final class DemoCommand implements Callable<Integer> {

  private static final long SEED = 0;

  @Option(
      names = "--out",
      defaultValue = "anomaly-score-demo",
      paramLabel = "DIR",
      description = "Local folder for images, model and tables. Default: ${DEFAULT-VALUE}.")
  private Path out;

  @Option(
      names = "--images",
      defaultValue = "400",
      paramLabel = "N",
      description =
          "Images of the reference set, at least 2; the other sets have half as many. More that are"
              + " there from before stay, and count. Default: ${DEFAULT-VALUE}.")
  private int references;

  @Mixin private SparkOptions spark;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    if (references < 2) {
      throw new ParameterException(
          spec.commandLine(), "--images must be at least 2, but is " + references);
    }
    PrintWriter print = spec.commandLine().getOut();
    Path images = out.toAbsolutePath().resolve("images");
    Path tables = out.toAbsolutePath().resolve("tables");
    print.println("Drawing scenes into " + images);
    DemoImages.write(images, SEED, references, references / 2);
    Path model = DemoModel.write(out.toAbsolutePath().resolve("model"));
    try (SparkSession session = spark.start("demo")) {
      List<String> generated = new ArrayList<>();
      String configId = null;
      for (DemoSet set : DemoSet.values()) {
        configId =
            score(session, images.resolve(set.dataset()), set.dataset(), model, tables, print);
        if (set != DemoSet.REFERENCE) {
          generated.add(set.dataset());
        }
      }
      TableStore store = new TableStore(session, uri(tables));
      Evaluator.Result result =
          EvaluateCommand.evaluate(
              store,
              store,
              AnomalyScore.Options.DEFAULT,
              DemoSet.REFERENCE.dataset(),
              generated,
              configId,
              false,
              true,
              false);
      print.println();
      print.println(Leaderboard.render(result));
      print.println();
      print.println(
          "None of these sets was made by a generator: fresh-draws are faultless scenes,");
      print.println("the others are such scenes with the fault that their name tells.");
      print.println();
      for (Table table : List.of(Table.SCORES, Table.RUNS, Table.EVALUATIONS)) {
        print.printf("  %-12s %s%n", table.folder(), store.location(table));
      }
    }
    return 0;
  }

  /** Scores a set and returns the configuration's name. */
  private static String score(
      SparkSession session,
      Path images,
      String dataset,
      Path model,
      Path tables,
      PrintWriter print) {
    ScoreRequest request = ScoreRequest.of(uri(images), dataset, uri(model), uri(tables)).build();
    ScoreResult result = new ScoreJob(request).run(session);
    print.printf("Scored %s: %,d new images, %.1f s%n", dataset, result.scored(), result.seconds());
    print.flush();
    return result.configId();
  }

  /** Local on any cluster; not Path.toUri, whose percent signs Hadoop would take literally. */
  private static String uri(Path path) {
    return "file://" + path;
  }
}
