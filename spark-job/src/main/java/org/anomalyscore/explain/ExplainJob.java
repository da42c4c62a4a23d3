package org.anomalyscore.explain;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.command.Progress;
import org.anomalyscore.explain.ExplainPartition.Wanted;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineVersions;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.score.ScoreJob;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.ImagesByPath;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
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

  private final String modelUri;
  private final String out;
  private final ScoreParameters parameters;
  private final AttributionParameters attribution;
  private List<String> images = List.of();
  private String scores;
  private String dataset;
  private int top;
  private Integer batchSize;
  private Devices.Mode device = Devices.Mode.AUTO;

  ExplainJob(
      String modelUri, String out, ScoreParameters parameters, AttributionParameters attribution) {
    this.modelUri = modelUri;
    this.out = out;
    this.parameters = parameters;
    this.attribution = attribution;
  }

  /** All images under these paths. */
  ExplainJob images(List<String> paths) {
    images = paths;
    return this;
  }

  /**
   * The images with the highest AS-i of a data set that was scored under the same configuration.
   */
  ExplainJob scores(String folder, String name, int number) {
    scores = folder;
    dataset = name;
    top = ScoreJob.requirePositive("--top", number);
    return this;
  }

  /** Null for the model's default. */
  ExplainJob batchSize(Integer value) {
    batchSize = value == null ? null : (Integer) ScoreJob.requirePositive("--batch-size", value);
    return this;
  }

  ExplainJob device(Devices.Mode value) {
    device = value;
    return this;
  }

  ExplainResult run(SparkSession spark) {
    Run run = Run.start("explain");
    TableStore store = new TableStore(spark, out);
    images.forEach(store::requireOutside);
    store.requireWritable();
    ModelFile model = ModelFile.open(spark, modelUri);
    ScoreConfiguration configuration = new ScoreConfiguration(model, parameters);
    Devices devices = Devices.of(spark.sparkContext(), device);
    String computesOn = devices.check(spark.sparkContext());
    Map<String, String> wanted =
        scores == null ? listed(spark) : highest(new TableStore(spark, scores), configuration);
    ScoreMetrics metrics = ScoreMetrics.register(spark.sparkContext());
    List<ExplainedImage> explained =
        explain(spark, run, configuration, devices, wanted, metrics, store.location());
    ExplainResult result =
        ExplainResult.of(run, configuration.configId(), dataset, explained, store);
    store.append(
        Table.ATTRIBUTIONS,
        explained.stream().flatMap(image -> rows(run, configuration, image).stream()).toList());
    store.append(
        Table.RUNS,
        List.of(runRow(run, configuration, result, computesOn, metrics, wanted.size()).toRow()));
    result.requireSome();
    return result;
  }

  /** The listed images; which bytes they have is seen when they are read. */
  private Map<String, String> listed(SparkSession spark) {
    Map<String, String> paths = new TreeMap<>();
    for (String path : images) {
      for (Row row : ImageFinder.find(spark, path).select("path").collectAsList()) {
        paths.put(row.getString(0), "");
      }
    }
    return paths;
  }

  /** The image_id of each path. */
  private Map<String, String> highest(TableStore source, ScoreConfiguration configuration) {
    Map<String, String> paths = new LinkedHashMap<>();
    for (Row row :
        CurrentScores.ofEach(
                source,
                col("config_id")
                    .equalTo(configuration.configId())
                    .and(col("dataset").equalTo(dataset)))
            .orderBy(col("vulnerability").divide(col("complexity")).desc(), col("path"))
            .limit(top)
            .select("path", "image_id")
            .collectAsList()) {
      paths.put(row.getString(0), row.getString(1));
    }
    if (paths.isEmpty()) {
      List<String> there =
          source
              .read(Table.SCORES)
              .select("dataset", "config_id", "model")
              .distinct()
              .toJSON()
              .collectAsList();
      throw new UserException(
          "No scores of the data set "
              + dataset
              + " under configuration "
              + configuration.configId()
              + " (this --model, --profile, --seed, --draws and single values) in "
              + source.location(Table.SCORES)
              + ". There are: "
              + there
              + ". Give the --model, --profile, --seed, --draws and single values (--noise-step and"
              + " its like) that the images were scored with.");
    }
    return paths;
  }

  private List<ExplainedImage> explain(
      SparkSession spark,
      Run run,
      ScoreConfiguration configuration,
      Devices devices,
      Map<String, String> wanted,
      ScoreMetrics metrics,
      String folder) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ExplainPartition partition =
        new ExplainPartition(
            configuration,
            attribution,
            devices,
            batchSize == null ? configuration.model().card().defaultBatchSize() : batchSize,
            spark.sparkContext().conf().getInt("spark.task.cpus", 1),
            scores == null ? Map.of() : wanted,
            String.join("/", folder, OVERLAYS, run.id()),
            metrics,
            Storage.broadcastConfiguration(spark));
    List<Wanted> tasks = tasks(wanted);
    spark.sparkContext().setJobGroup(run.id(), "explain images", true);
    try {
      Map<String, ExplainedImage> byPath = new TreeMap<>();
      Progress.during(
              spark,
              "explain",
              wanted.size(),
              metrics,
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
              .with("dataset", dataset)
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
              .with("regression", attribution.regression().text())
              .with("penalty", image.penalty())
              .with("trials", attribution.trials())
              .with("seeds", attribution.seeds())
              .with("overlay", image.overlay())
              .with("model", configuration.model().card().name())
              .with("explained_at", run.startedTimestamp())
              .toRow());
    }
    return rows;
  }

  private TableRow runRow(
      Run run,
      ScoreConfiguration configuration,
      ExplainResult result,
      String computesOn,
      ScoreMetrics metrics,
      long found) {
    EngineVersions engine = EngineVersions.read();
    Map<String, Object> settings = new TreeMap<>();
    if (scores == null) {
      settings.put("images", images);
    } else {
      settings.put("scores", scores);
      settings.put("top", top);
    }
    settings.put("model", modelUri);
    settings.put("model_sha256", configuration.model().sha256());
    settings.put("parameters", parameters);
    settings.put("attribution", attribution);
    return run.row()
        .with("status", result.explained() == 0 ? Run.FAILED : Run.COMPLETE)
        .with("dataset", dataset)
        .with("config_id", configuration.configId())
        .with("configuration", Json.write(settings))
        .with("found", found)
        .with("scored", result.explained())
        .with("rejected", (long) result.failed().size())
        .with("network_seconds", metrics.networkNanos().value() / 1e9)
        .with("device", computesOn)
        .with("djl_version", engine.djl())
        .with("pytorch_version", engine.pytorch());
  }
}
