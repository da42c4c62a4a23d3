package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anomalyscore.command.Progress;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineVersions;
import org.anomalyscore.measure.FeatureSample;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores the images under a path that the table does not hold yet. */
public final class ScoreJob {

  public static final double DEFAULT_REJECT_FRACTION = 0.05;

  /** Small enough that a lost task costs minutes, large enough that starting one costs nothing. */
  private static final int MOST_IMAGES_A_PARTITION = 2000;

  /** Partitions a core of each slice, so that an early finisher finds more work. */
  private static final int PARTITIONS_A_CORE = 8;

  private final String images;
  private final String dataset;
  private final String modelUri;
  private final String out;
  private ModelFile openedModel;
  private ScoreParameters parameters = ScoreParameters.PAPER;
  private int batchSize;
  private Devices.Mode device = Devices.Mode.AUTO;
  private double featureFraction;
  private int partitions;
  private int sliceImages;
  private long maxPixels = ImageLoader.MOST_PIXELS;
  private double failAboveRejectFraction = DEFAULT_REJECT_FRACTION;

  public ScoreJob(String images, String dataset, String modelUri, String out) {
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

  /** The model where the caller has opened it: many sets need not fetch and try it each. */
  public ScoreJob openedModel(ModelFile value) {
    openedModel = value;
    return this;
  }

  public ScoreJob parameters(ScoreParameters value) {
    parameters = value;
    return this;
  }

  /** Null for the model's default. */
  public ScoreJob batchSize(Integer value) {
    batchSize = value == null ? 0 : requirePositive("--batch-size", value);
    return this;
  }

  public ScoreJob device(Devices.Mode value) {
    device = value;
    return this;
  }

  /** The share of the images whose features are kept; null for none. */
  public ScoreJob featureFraction(Double value) {
    if (value != null && !(value > 0 && value <= 1)) {
      throw new UserException(
          "--features is "
              + value
              + ". Give the fraction of the images whose features are to be"
              + " kept, above 0 and at most 1, or --features alone for all.");
    }
    featureFraction = value == null ? 0 : value;
    return this;
  }

  ScoreJob partitions(int value) {
    partitions = requirePositive("--partitions", value);
    return this;
  }

  ScoreJob sliceImages(int value) {
    sliceImages = requirePositive("--slice", value);
    return this;
  }

  ScoreJob maxPixels(long value) {
    if (value < 1) {
      throw new UserException("--max-pixels is " + value + ". Give 1 or more.");
    }
    maxPixels = value;
    return this;
  }

  public ScoreJob failAboveRejectFraction(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new UserException(
          "--fail-above-reject-fraction is " + value + ". Give a number from 0 to 1.");
    }
    failAboveRejectFraction = value;
    return this;
  }

  public ScoreResult run(SparkSession spark) {
    Run run = Run.start("score");
    TableStore store = new TableStore(spark, out);
    store.requireOutside(images);
    store.requireWritable();
    ModelFile model = openedModel == null ? ModelFile.open(spark, modelUri) : openedModel;
    if (batchSize == 0) {
      batchSize = model.card().defaultBatchSize();
    }
    ScoreConfiguration configuration = new ScoreConfiguration(model, parameters);
    describe(spark, run, "list images");
    Dataset<Row> found = ImageFinder.find(spark, images);
    Devices devices = Devices.of(spark.sparkContext(), device);
    TableRow row = runRow(run, configuration).with("device", devices.check(spark.sparkContext()));
    try (Lease lease = store.lease(row, () -> spark.sparkContext().cancelJobGroup(run.id()))) {
      recordInterrupted(store, lease);
      lease.forgetInterrupted();
      store.clearLeftovers();
      try {
        WorkList work = WorkList.write(spark, found, store, ours(configuration), batchSize, run);
        ScoreResult result = score(spark, store, configuration, devices, work, run, lease);
        store.deleteWork(run);
        lease.requireHeld();
        store.append(Table.RUNS, List.of(complete(row, run, result).toRow()));
        lease.release();
        return result;
      } catch (Exception e) {
        // Not RuntimeException: Scala throws checked exceptions undeclared. The loss of the lease
        // cancels the jobs; it is the reason then, and the new owner has recorded this run.
        lease.requireHeld();
        recordFailure(store, row, run, lease, e);
        throw e;
      }
    } finally {
      spark.sparkContext().clearJobGroup();
      spark.sparkContext().clearCallSite();
    }
  }

  /** A run may have been killed after it wrote its row. */
  private static void recordInterrupted(TableStore store, Lease lease) {
    Object[] ids = lease.interrupted().stream().map(row -> row.get("run_id")).toArray();
    Set<String> recorded =
        Set.copyOf(
            store
                .read(Table.RUNS)
                .where(col("run_id").isin(ids))
                .select("run_id")
                .as(Encoders.STRING())
                .collectAsList());
    store.append(
        Table.RUNS,
        lease.interrupted().stream()
            .filter(row -> !recorded.contains(row.get("run_id")))
            .map(TableRow::toRow)
            .toList());
  }

  /** Names that the Spark UI shows for the jobs and stages that follow. */
  private void describe(SparkSession spark, Run run, String what) {
    String text = what + " (" + dataset + ")";
    spark.sparkContext().setJobGroup(run.id(), text, true);
    spark.sparkContext().setCallSite(text);
  }

  /** The rows of this data set under this configuration, in the tables that hold both columns. */
  private Column ours(ScoreConfiguration configuration) {
    return col("config_id").equalTo(configuration.configId()).and(col("dataset").equalTo(dataset));
  }

  /** Scores and commits slice by slice. */
  private ScoreResult score(
      SparkSession spark,
      TableStore store,
      ScoreConfiguration configuration,
      Devices devices,
      WorkList work,
      Run run,
      Lease lease) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    ScoreMetrics metrics = ScoreMetrics.register(spark.sparkContext());
    SliceScorer scorer =
        new SliceScorer(
            store,
            run,
            dataset,
            configuration.configId(),
            partition(spark, configuration, devices, metrics));
    Map<String, Long> outcomes = new TreeMap<>();
    Progress.during(
        spark,
        dataset,
        work.toDo(),
        metrics,
        () -> {
          long wave = (long) PARTITIONS_A_CORE * context.defaultParallelism();
          SlicePace pace = new SlicePace((sliceImages + batchSize - 1) / batchSize, wave);
          double seconds = 0;
          long to;
          for (long from = 0; from < work.chunks(); from = to) {
            to = from + pace.next(work.chunks() - from, seconds);
            lease.requireHeld();
            describe(spark, run, "score %.0f %%".formatted(100.0 * to / work.chunks()));
            long begin = System.nanoTime();
            Map<String, Long> slice =
                scorer.score(work.slice(from, to, slicePartitions(context, to - from)));
            requireEachImageOnce(slice, work.size(from, to));
            lease.requireHeld();
            slice.forEach((outcome, n) -> outcomes.merge(outcome, n, Long::sum));
            seconds = (System.nanoTime() - begin) / 1e9;
          }
          return null;
        });
    describe(spark, run, "summarise");
    return result(run, store, configuration, metrics, work, outcomes);
  }

  private FeatureSample featureSample() {
    return new FeatureSample(featureFraction, parameters.seed());
  }

  private ScorePartition partition(
      SparkSession spark, ScoreConfiguration configuration, Devices devices, ScoreMetrics metrics) {
    return new ScorePartition(
        configuration,
        new ImageLoader(
            configuration.model().card().preprocessing(), maxPixels, ImageLoader.MOST_FILE_BYTES),
        devices,
        batchSize,
        spark.sparkContext().conf().getInt("spark.task.cpus", 1),
        featureSample(),
        metrics,
        Storage.broadcastConfiguration(spark));
  }

  /**
   * Each some chunks; enough for all cores to end together, and none so long that its loss hurts.
   */
  private int slicePartitions(JavaSparkContext context, long chunks) {
    if (partitions > 0) {
      return partitions;
    }
    long balanced = (long) PARTITIONS_A_CORE * context.defaultParallelism();
    long small = chunks * batchSize / MOST_IMAGES_A_PARTITION;
    return (int) Math.max(1, Math.min(chunks, Math.max(balanced, small)));
  }

  private static void requireEachImageOnce(Map<String, Long> outcomes, long images) {
    long sum = outcomes.values().stream().mapToLong(Long::longValue).sum();
    if (sum != images) {
      throw new IllegalStateException(
          images + " images were to be scored but " + sum + " outcomes came back");
    }
  }

  private ScoreResult result(
      Run run,
      TableStore store,
      ScoreConfiguration configuration,
      ScoreMetrics metrics,
      WorkList work,
      Map<String, Long> outcomes) {
    Map<String, Long> rejects = new TreeMap<>(outcomes);
    rejects.keySet().removeAll(List.of(SliceScorer.NEW_SCORE, SliceScorer.UNCHANGED));
    Map<String, String> tables = new TreeMap<>();
    for (Table table : List.of(Table.SCORES, Table.REJECTS, Table.RUNS)) {
      // The run's own row is written after this; rejects may never have been.
      if (table == Table.RUNS || store.exists(table)) {
        tables.put(table.folder(), store.location(table));
      }
    }
    long scored = outcomes.getOrDefault(SliceScorer.NEW_SCORE, 0L);
    CommittedScores committed =
        CommittedScores.read(store, ours(configuration), run, scored, featureSample());
    return new ScoreResult(
        run.id(),
        dataset,
        configuration.configId(),
        work.found(),
        scored,
        work.alreadyScored() + outcomes.getOrDefault(SliceScorer.UNCHANGED, 0L),
        rejects,
        work.alreadyRejected(),
        run.seconds(),
        metrics.networkNanos().value() / 1e9,
        metrics.taskNanos().value() / 1e9,
        metrics.secondsByStage(),
        committed.medianFloor(),
        committed.featuresKept(),
        committed.withoutFeatures(),
        configuration.model().card().computesIn(),
        failAboveRejectFraction,
        tables);
  }

  /** What is known of a run before its work. */
  private TableRow runRow(Run run, ScoreConfiguration configuration) {
    EngineVersions engine = EngineVersions.read();
    return run.row()
        .with("status", Run.INTERRUPTED)
        .with("dataset", dataset)
        .with("config_id", configuration.configId())
        .with("configuration", Json.write(settings(configuration)))
        .with("djl_version", engine.djl())
        .with("pytorch_version", engine.pytorch());
  }

  private static TableRow complete(TableRow row, Run run, ScoreResult result) {
    return row.with("status", Run.COMPLETE)
        .with("seconds", run.seconds())
        .with("found", result.found())
        .with("scored", result.scored())
        .with("already_scored", result.alreadyScored())
        .with("rejected", result.rejected())
        .with("already_rejected", result.alreadyRejected())
        .with("network_seconds", result.networkSeconds());
  }

  /** A lease that is not released tells the next run of this one, where the table cannot. */
  private static void recordFailure(
      TableStore store, TableRow row, Run run, Lease lease, Exception failure) {
    try {
      store.deleteWork(run);
      row.with("status", Run.FAILED).with("seconds", run.seconds());
      store.append(Table.RUNS, List.of(row.toRow()));
      lease.release();
    } catch (Exception e) {
      failure.addSuppressed(e);
    }
  }

  private Map<String, Object> settings(ScoreConfiguration configuration) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("images", images);
    settings.put("model", modelUri);
    settings.put("model_sha256", configuration.model().sha256());
    settings.put("card", configuration.model().card());
    settings.put("parameters", parameters);
    settings.put("batch_size", batchSize);
    settings.put("features", featureFraction);
    settings.put("max_pixels", maxPixels);
    // Complexity needs true float32; a GPU that rounds to TF32 is refused.
    settings.put("tf32", false);
    return settings;
  }

  public static int requirePositive(String option, int value) {
    if (value < 1) {
      throw new UserException(option + " is " + value + ". Give 1 or more.");
    }
    return value;
  }
}
