package org.anomalyscore.job;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.image.ImageFinder;
import org.anomalyscore.image.ImageLoader;
import org.anomalyscore.inference.EngineVersions;
import org.anomalyscore.inference.ModelFile;
import org.anomalyscore.inference.ScoreConfiguration;
import org.anomalyscore.inference.ScoreMetrics;
import org.anomalyscore.inference.ScoreParameters;
import org.anomalyscore.inference.ScorePartition;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.anomalyscore.table.UserException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;

/** Scores the images under a path that the table does not hold yet. */
final class ScoreJob {

  static final int DEFAULT_BATCH_SIZE = 32;

  /** A file must fit into memory together with its decoded form. */
  private static final long MAX_FILE_BYTES = 512L << 20;

  /** Small enough that a lost task costs minutes, large enough that starting one costs nothing. */
  private static final int MOST_IMAGES_A_PARTITION = 2000;

  /** Partitions a core, so that an early finisher finds more work. */
  private static final int PARTITIONS_A_CORE = 4;

  private final String images;
  private final String dataset;
  private final String modelUri;
  private final String out;
  private ScoreParameters parameters = ScoreParameters.PAPER;
  private int batchSize = DEFAULT_BATCH_SIZE;
  private boolean keepFeatures;
  private int partitions;
  private long maxPixels = 100_000_000;
  private double failAboveRejectFraction = 0.05;

  ScoreJob(String images, String dataset, String modelUri, String out) {
    if (dataset.isBlank() || dataset.contains(",")) {
      throw new UserException(
          "--dataset is '"
              + dataset
              + "'. Give the set of images a name that is not blank and has no comma: evaluate"
              + " takes names separated by commas.");
    }
    this.images = images;
    this.dataset = dataset;
    this.modelUri = modelUri;
    this.out = out;
  }

  ScoreJob parameters(ScoreParameters value) {
    parameters = value;
    return this;
  }

  ScoreJob batchSize(int value) {
    batchSize = requirePositive("--batch-size", value);
    return this;
  }

  ScoreJob keepFeatures(boolean value) {
    keepFeatures = value;
    return this;
  }

  ScoreJob partitions(int value) {
    partitions = requirePositive("--partitions", value);
    return this;
  }

  ScoreJob maxPixels(long value) {
    if (value < 1) {
      throw new UserException("--max-pixels is " + value + ". Give 1 or more.");
    }
    maxPixels = value;
    return this;
  }

  ScoreJob failAboveRejectFraction(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new UserException(
          "--fail-above-reject-fraction is " + value + ". Give a number from 0 to 1.");
    }
    failAboveRejectFraction = value;
    return this;
  }

  ScoreResult run(SparkSession spark) {
    Run run = Run.start("score");
    TableStore store = new TableStore(spark, out);
    store.requireWritable();
    ScoreConfiguration configuration =
        new ScoreConfiguration(ModelFile.open(spark, modelUri), parameters);
    Dataset<Row> known = known(spark, store, configuration).persist(StorageLevel.DISK_ONLY());
    Dataset<Row> files = ImageFinder.find(spark, images).persist(StorageLevel.DISK_ONLY());
    long found = files.count();
    Dataset<Row> missing = missing(files, known).persist(StorageLevel.DISK_ONLY());
    long toScore = missing.count();
    ScoreMetrics metrics = ScoreMetrics.register(spark.sparkContext());
    Dataset<Row> outcomes = outcomes(spark, configuration, missing, toScore, metrics);
    Map<String, Long> byReason =
        Progress.during(spark, dataset, toScore, metrics, () -> countByReason(spark, outcomes));
    requireEachFileOnce(byReason, toScore);
    Double medianFloor = medianFloor(outcomes);
    long scored = write(store, outcomes, known, configuration, run);
    ScoreResult result =
        result(run, store, configuration, metrics, found, scored, byReason, medianFloor);
    store.append(Table.RUNS, List.of(runRow(run, configuration, result)));
    List.of(outcomes, missing, files, known).forEach(d -> d.unpersist(false));
    return result;
  }

  /**
   * The newest row of each path that the table holds of this data set under this configuration.
   *
   * <p>Its plan is cut off from the table's files: Spark drops every cached result whose plan names
   * a folder when it appends to that folder, and the run would compute its images again.
   */
  private Dataset<Row> known(
      SparkSession spark, TableStore store, ScoreConfiguration configuration) {
    Dataset<Row> newest =
        store
            .read(Table.SCORES)
            .where(
                col("config_id")
                    .equalTo(configuration.configId())
                    .and(col("dataset").equalTo(dataset)))
            .groupBy(col("path").as("known_path"))
            .agg(
                max_by(col("image_id"), col("scored_at")).as("known_image_id"),
                max(col("scored_at")).as("scored_at"));
    return spark.createDataFrame(newest.javaRDD(), newest.schema());
  }

  /** A file that was changed after it was scored is scored again. */
  private static Dataset<Row> missing(Dataset<Row> files, Dataset<Row> known) {
    return files.join(
        known,
        col("path").equalTo(col("known_path")).and(col("modified").lt(col("scored_at"))),
        "left_anti");
  }

  private Dataset<Row> outcomes(
      SparkSession spark,
      ScoreConfiguration configuration,
      Dataset<Row> missing,
      long toScore,
      ScoreMetrics metrics) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ScorePartition score =
        new ScorePartition(
            configuration,
            new ImageLoader(
                configuration.model().card().preprocessing(), maxPixels, MAX_FILE_BYTES),
            batchSize,
            spark.sparkContext().conf().getInt("spark.task.cpus", 1),
            keepFeatures,
            metrics,
            context.broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf())));
    return missing
        .repartition(partitions > 0 ? partitions : choosePartitions(context, toScore))
        .mapPartitions(score, Encoders.row(ScorePartition.OUTCOME))
        .persist(StorageLevel.DISK_ONLY());
  }

  private int choosePartitions(JavaSparkContext context, long toScore) {
    long whole = Math.max(1, toScore / batchSize);
    long balanced = Math.min(whole, (long) PARTITIONS_A_CORE * context.defaultParallelism());
    return (int) Math.max(balanced, toScore / MOST_IMAGES_A_PARTITION);
  }

  /** Runs the network; the empty text counts the scored. */
  private Map<String, Long> countByReason(SparkSession spark, Dataset<Row> outcomes) {
    spark.sparkContext().setJobDescription("Score images of " + dataset);
    Map<String, Long> counts = new TreeMap<>();
    for (Row row : outcomes.groupBy(coalesce(col("reason"), lit(""))).count().collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    spark.sparkContext().setJobDescription(null);
    return counts;
  }

  private static void requireEachFileOnce(Map<String, Long> byReason, long toScore) {
    long outcomes = byReason.values().stream().mapToLong(Long::longValue).sum();
    if (outcomes != toScore) {
      throw new IllegalStateException(
          toScore + " files were to be scored but " + outcomes + " outcomes came back");
    }
  }

  /** Appends scores and rejects; returns how many scores are new. */
  private long write(
      TableStore store,
      Dataset<Row> outcomes,
      Dataset<Row> known,
      ScoreConfiguration configuration,
      Run run) {
    Dataset<Row> origin =
        outcomes
            .withColumn("dataset", lit(dataset))
            .withColumn("config_id", lit(configuration.configId()))
            .withColumn("run_id", lit(run.id()));
    // A file whose time changed but whose bytes did not is known already.
    Dataset<Row> scores =
        origin
            .where(col("reason").isNull())
            .join(
                known.drop("scored_at"),
                col("path")
                    .equalTo(col("known_path"))
                    .and(col("image_id").equalTo(col("known_image_id"))),
                "left_anti")
            .withColumn("model", lit(configuration.model().card().name()))
            .withColumn("scored_at", lit(run.startedTimestamp()));
    Dataset<Row> rejects = origin.where(col("reason").isNotNull());
    if (!rejects.isEmpty()) {
      store.append(Table.REJECTS, rejects);
    }
    long count = scores.count();
    if (count > 0) {
      store.append(Table.SCORES, keepFeatures ? scores : scores.drop("features"));
    }
    return count;
  }

  /** Null where nothing was scored. */
  private static Double medianFloor(Dataset<Row> outcomes) {
    double[] median =
        outcomes
            .where(col("reason").isNull())
            .stat()
            .approxQuantile("complexity_floor", new double[] {0.5}, 0.001);
    return median.length == 0 ? null : median[0];
  }

  private ScoreResult result(
      Run run,
      TableStore store,
      ScoreConfiguration configuration,
      ScoreMetrics metrics,
      long found,
      long scored,
      Map<String, Long> byReason,
      Double medianFloor) {
    Map<String, Long> rejects = new TreeMap<>(byReason);
    rejects.remove("");
    Map<String, String> tables = new TreeMap<>();
    for (Table table : List.of(Table.SCORES, Table.REJECTS, Table.RUNS)) {
      // The run's own row is written after this; rejects may never have been.
      if (table == Table.RUNS || store.exists(table)) {
        tables.put(table.folder(), store.location(table));
      }
    }
    return new ScoreResult(
        run.id(),
        dataset,
        configuration.configId(),
        found,
        scored,
        rejects,
        run.seconds(),
        metrics.networkNanos().value() / 1e9,
        metrics.taskNanos().value() / 1e9,
        medianFloor,
        failAboveRejectFraction,
        tables);
  }

  private Row runRow(Run run, ScoreConfiguration configuration, ScoreResult result) {
    EngineVersions engine = EngineVersions.read();
    return run.row()
        .with("dataset", dataset)
        .with("config_id", configuration.configId())
        .with("configuration", json(settings(configuration)))
        .with("found", result.found())
        .with("scored", result.scored())
        .with("already_scored", result.alreadyScored())
        .with("rejected", result.rejected())
        .with("network_seconds", result.networkSeconds())
        .with("device", "cpu")
        .with("djl_version", engine.djl())
        .with("pytorch_version", engine.pytorch())
        .toRow();
  }

  private Map<String, Object> settings(ScoreConfiguration configuration) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("images", images);
    settings.put("model", modelUri);
    settings.put("model_sha256", configuration.model().sha256());
    settings.put("card", configuration.model().card());
    settings.put("parameters", parameters);
    settings.put("batch_size", batchSize);
    settings.put("features", keepFeatures);
    settings.put("max_pixels", maxPixels);
    // Complexity needs true float32; no code path switches TF32 on.
    settings.put("tf32", false);
    return settings;
  }

  static String json(Object value) {
    try {
      return JsonMapper.builder().build().writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Own values must be writable as JSON", e);
    }
  }

  private static int requirePositive(String option, int value) {
    if (value < 1) {
      throw new UserException(option + " is " + value + ". Give 1 or more.");
    }
    return value;
  }
}
