package org.anomalyscore.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.command.Progress;
import org.anomalyscore.command.Steps;
import org.anomalyscore.explain.ExplainPartition.Wanted;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.source.ImagesByPath;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Attributes the vulnerability of images to their super-pixels. */
final class ExplainJob {

  /** The folder of the pictures, beside the tables. */
  static final String OVERLAYS = "attribution_overlays";

  /** An image takes a good part of a minute; members of one container are so many a task. */
  private static final int MEMBERS_A_TASK = 4;

  private final ExplainRequest request;

  ExplainJob(ExplainRequest request) {
    this.request = request;
  }

  ExplainResult run(SparkSession spark) {
    Run run = Run.start("explain");
    TableStore store = requireStore(spark);
    Steps.beginTrial();
    ScoreEngine engine = ScoreEngine.start(spark, request.engine());
    ScoreConfiguration configuration = new ScoreConfiguration(engine.model(), request.parameters());
    Map<String, String> wanted = request.images().choose(spark, configuration);
    List<ExplainedImage> explained = explain(spark, run, engine, wanted, store.location());
    ExplainResult result =
        ExplainResult.of(
            run, configuration.configId(), request.images().dataset(), explained, store);
    store.append(
        Table.ATTRIBUTIONS,
        explained.stream().flatMap(image -> rows(run, configuration, image).stream()).toList());
    store.append(
        Table.RUNS,
        List.of(runRow(run, engine, configuration.configId(), result, wanted.size()).toRow()));
    result.requireSome();
    return result;
  }

  private TableStore requireStore(SparkSession spark) {
    TableStore store = new TableStore(spark, request.out());
    if (request.images() instanceof ImageChoice.Listed listed) {
      listed.paths().forEach(store::requireOutside);
    }
    store.requireWritable();
    return store;
  }

  private List<ExplainedImage> explain(
      SparkSession spark, Run run, ScoreEngine engine, Map<String, String> wanted, String folder) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ExplainPartition partition =
        new ExplainPartition(
            engine,
            request.parameters(),
            request.attribution(),
            wanted,
            String.join("/", folder, OVERLAYS, run.id()));
    List<Wanted> tasks = tasks(wanted);
    spark.sparkContext().setJobGroup(run.id(), "explain images", true);
    try {
      Map<String, ExplainedImage> byPath = new TreeMap<>();
      Progress.during(
              spark,
              "explain",
              wanted.size(),
              engine.metrics(),
              () -> context.parallelize(tasks, tasks.size()).mapPartitions(partition).collect())
          .forEach(image -> byPath.put(image.path(), image));
      // As listed, or by AS-i.
      return wanted.keySet().stream().map(byPath::get).toList();
    } finally {
      spark.sparkContext().clearJobGroup();
    }
  }

  private static List<Wanted> tasks(Map<String, String> wanted) {
    Map<String, List<String>> byFile = new LinkedHashMap<>();
    for (String path : wanted.keySet()) {
      byFile.computeIfAbsent(ImagesByPath.fileOf(path), file -> new ArrayList<>()).add(path);
    }
    List<Wanted> tasks = new ArrayList<>();
    byFile.forEach(
        (file, paths) -> {
          for (int from = 0; from < paths.size(); from += MEMBERS_A_TASK) {
            int to = Math.min(paths.size(), from + MEMBERS_A_TASK);
            tasks.add(new Wanted(file, new ArrayList<>(paths.subList(from, to))));
          }
        });
    return tasks;
  }

  private List<Row> rows(Run run, ScoreConfiguration configuration, ExplainedImage image) {
    List<Row> rows = new ArrayList<>();
    for (ExplainedImage.Piece piece : image.pieces()) {
      rows.add(
          TableRow.of(Table.ATTRIBUTIONS)
              .with("run_id", run.id())
              .with("config_id", configuration.configId())
              .with("dataset", request.images().dataset())
              .with("path", image.path())
              .with("image_id", image.imageId())
              .with("superpixel", piece.number())
              .with("superpixels", image.pieces().size())
              .with("coefficient", piece.coefficient())
              .with("coefficient_std", piece.deviation())
              .with("rank", piece.rank())
              .with("pixels", piece.pixels())
              .with("centre_x", piece.centreX())
              .with("centre_y", piece.centreY())
              .with("input_size", configuration.model().card().input().size())
              .with("intercept", image.intercept())
              .with("r_squared", image.rSquared())
              .with("rank_correlation", image.rankCorrelation())
              .with("regression", request.attribution().regression().text())
              .with("penalty", image.penalty())
              .with("trials", request.attribution().trials())
              .with("seeds", request.attribution().seeds())
              .with("overlay", image.overlay())
              .with("model", configuration.model().card().name())
              .with("explained_at", run.startedTimestamp())
              .toRow());
    }
    return rows;
  }

  private TableRow runRow(
      Run run, ScoreEngine engine, String configId, ExplainResult result, long found) {
    Map<String, Object> settings = new TreeMap<>(request.images().settings());
    settings.put("model", request.engine().model());
    settings.put("model_sha256", engine.model().sha256());
    settings.put("parameters", request.parameters());
    settings.put("attribution", request.attribution());
    return run.row()
        .with("status", result.explained() == 0 ? Run.FAILED : Run.COMPLETE)
        .with("dataset", request.images().dataset())
        .with("config_id", configId)
        .with("configuration", Json.write(settings))
        .with("found", found)
        .with("scored", result.explained())
        .with("rejected", (long) result.failed().size())
        .with("network_seconds", engine.metrics().networkNanos().value() / 1e9)
        .withAll(engine.columns());
  }
}
