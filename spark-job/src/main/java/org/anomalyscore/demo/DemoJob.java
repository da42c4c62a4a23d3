package org.anomalyscore.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.anomalyscore.command.Steps;
import org.anomalyscore.evaluate.EvaluateJob;
import org.anomalyscore.evaluate.EvaluateRequest;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ModelOpener;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.score.ScoreResult;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Draws the demo's images, scores and evaluates them. */
final class DemoJob {

  private static final long SEED = 0;

  private final DemoRequest request;
  private final Consumer<String> progress;

  /**
   * A demo.
   *
   * @param progress takes a line at each step
   */
  DemoJob(DemoRequest request, Consumer<String> progress) {
    this.request = request;
    this.progress = progress;
  }

  /** Writes images and model to the local disk, before there is a session. */
  Path draw() throws IOException {
    progress.accept("Drawing scenes into " + request.images());
    DemoImages.write(request.images(), SEED, request.references(), request.references() / 2);
    return DemoModel.write(request.model());
  }

  /**
   * Scores and evaluates what was drawn.
   *
   * @param model that {@link #draw} wrote
   */
  DemoResult run(SparkSession spark, Path model) {
    EngineOptions engine = EngineOptions.of(DemoRequest.uri(model));
    Steps.beginTrial();
    ModelFile opened = ModelOpener.open(spark, engine);
    List<String> generated = new ArrayList<>();
    String configId = null;
    for (DemoSet set : DemoSet.values()) {
      configId = score(spark, scoring(set.dataset(), engine), opened).configId();
      if (set != DemoSet.REFERENCE) {
        generated.add(set.dataset());
      }
    }
    EvaluateRequest evaluation =
        EvaluateRequest.of(request.tables(), DemoSet.REFERENCE.dataset(), generated)
            .withConfigId(configId);
    return new DemoResult(new EvaluateJob(evaluation).run(spark).found(), tables(spark));
  }

  private ScoreRequest scoring(String dataset, EngineOptions engine) {
    String images = DemoRequest.uri(request.images().resolve(dataset));
    return ScoreRequest.of(images, dataset, engine, request.tables())
        .parameters(ScoreParameters.REPEATABLE)
        .build();
  }

  private ScoreResult score(SparkSession spark, ScoreRequest scoring, ModelFile opened) {
    ScoreResult result = new ScoreJob(scoring).run(spark, opened);
    progress.accept(
        String.format(
            Locale.ROOT,
            "Scored %s: %,d new images, %.1f s",
            scoring.dataset(),
            result.scored(),
            result.seconds()));
    return result;
  }

  private Map<String, String> tables(SparkSession spark) {
    TableStore store = new TableStore(spark, request.tables());
    Map<String, String> tables = new LinkedHashMap<>();
    for (Table table : List.of(Table.SCORES, Table.RUNS, Table.EVALUATIONS)) {
      tables.put(table.folder(), store.location(table));
    }
    return tables;
  }
}
