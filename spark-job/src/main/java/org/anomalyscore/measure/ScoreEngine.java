package org.anomalyscore.measure;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that a task needs to measure images: set up once on the driver, shipped to each task. What a
 * task opens here is closed when the task ends, however it ends.
 *
 * @param model opened on the driver
 * @param devices where each task computes
 * @param computesOn the device as the table {@code runs} names it: {@code cpu}, or {@code gpu} and
 *     its name
 * @param batchSize images a network call
 * @param intraOpThreads of each task's network calls on the CPU; more than Spark's cores a task
 *     would make tasks wait for each other
 * @param loader of the images, in the model's size
 * @param metrics that tasks add to
 * @param hadoop how tasks reach the file systems that the driver reaches
 */
public record ScoreEngine(
    ModelFile model,
    Devices devices,
    String computesOn,
    int batchSize,
    int intraOpThreads,
    ImageLoader loader,
    ScoreMetrics metrics,
    Broadcast<SerializableConfiguration> hadoop)
    implements Serializable {

  private static final Logger LOG = LoggerFactory.getLogger(ScoreEngine.class);

  /**
   * Opens the model and tries the device.
   *
   * @throws org.anomalyscore.storage.UserException if the model or the device cannot be used
   */
  public static ScoreEngine start(SparkSession spark, EngineOptions options) {
    return start(spark, options, ModelOpener.open(spark, options));
  }

  /**
   * The same on a model that has been opened: a run of many data sets need not fetch and try it for
   * each.
   */
  public static ScoreEngine start(SparkSession spark, EngineOptions options, ModelFile model) {
    Devices devices = Devices.of(spark.sparkContext(), options.device());
    return new ScoreEngine(
        model,
        devices,
        devices.check(spark.sparkContext()),
        options.batchSize() == null ? model.card().defaultBatchSize() : options.batchSize(),
        spark.sparkContext().conf().getInt("spark.task.cpus", 1),
        new ImageLoader(
            model.card().preprocessing(), options.maxPixels(), ImageLoader.MOST_FILE_BYTES),
        ScoreMetrics.register(spark.sparkContext()),
        Storage.broadcastConfiguration(spark));
  }

  /**
   * What the table {@code runs} records of it, by column. The arithmetic is that of the tasks which
   * have ended; before there are any it is null.
   */
  public Map<String, Object> columns() {
    EngineVersions versions = EngineVersions.read();
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("device", computesOn);
    columns.put("djl_version", versions.djl());
    columns.put("pytorch_version", versions.pytorch());
    SortedSet<String> arithmetic = metrics.arithmetic().value();
    columns.put("arithmetic", arithmetic.isEmpty() ? null : Json.write(arithmetic));
    return columns;
  }

  /** Hadoop's settings, in a task. */
  public Configuration storage() {
    return hadoop.value().value();
  }

  /** A predictor for the running task, on this JVM's copy of the model. */
  public ScorePredictor openPredictor(ScoreParameters parameters) throws IOException {
    final long begin = System.nanoTime();
    TaskContext task = TaskContext.get();
    Device device = devices.forTask(task);
    LOG.debug(
        "Task {}, attempt {} of partition {}, computes on {}; Spark granted {}.",
        task.taskAttemptId(),
        task.attemptNumber(),
        task.partitionId(),
        device,
        task.resourcesJMap().values());
    ScorePredictor predictor =
        ScorePredictor.open(
            model, model.onExecutor(), device, parameters, batchSize, intraOpThreads);
    task.addTaskCompletionListener((TaskCompletionListener) context -> predictor.close());
    metrics.arithmetic().add(Arithmetic.of(model.card().computesIn(), device, batchSize));
    metrics.modelNanos().add(System.nanoTime() - begin);
    return predictor;
  }

  /** A reader of images for the running task. */
  public ItemReader openReader() {
    ItemReader reader = loader.open(storage());
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> reader.close());
    return reader;
  }
}
