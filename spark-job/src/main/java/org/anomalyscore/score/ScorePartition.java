package org.anomalyscore.score;

import ai.djl.Device;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.FeatureSample;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.Measurement;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a partition of listed files into outcomes, a row a file: a score, or a reason why there is
 * none. Pulls one batch of images at a time, so that memory does not grow with the partition.
 *
 * @param devices where each task computes
 * @param intraOpThreads of each task's network calls; more than Spark's cores a task would make
 *     tasks wait for each other
 * @param featureSample the images whose features become part of their rows
 */
public record ScorePartition(
    ScoreConfiguration configuration,
    ImageLoader loader,
    Devices devices,
    int batchSize,
    int intraOpThreads,
    FeatureSample featureSample,
    ScoreMetrics metrics,
    Broadcast<SerializableConfiguration> hadoop)
    implements MapPartitionsFunction<Row, Row> {

  private static final Logger LOG = LoggerFactory.getLogger(ScorePartition.class);

  /**
   * What a file became: score columns are NULL in rejects, and reject columns in scores. Both are
   * NULL where the bytes are those that were scored before.
   */
  public static final StructType OUTCOME =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("image_id", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("complexity", DataTypes.DoubleType)
          .add("vulnerability", DataTypes.DoubleType)
          .add("as_i", DataTypes.DoubleType)
          .add("step_norm", DataTypes.DoubleType)
          .add("complexity_floor", DataTypes.DoubleType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType))
          .add("reason", DataTypes.StringType)
          .add("message", DataTypes.StringType);

  /**
   * Scores a partition.
   *
   * @param files rows of {@link org.anomalyscore.source.ImageFinder#SCHEMA}, and {@code
   *     known_image_id}: what the table's newest score of that path belongs to, or null
   */
  @Override
  public Iterator<Row> call(Iterator<Row> files) throws IOException {
    if (!files.hasNext()) {
      return files;
    }
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
    ModelFile model = configuration.model();
    ScorePredictor predictor =
        ScorePredictor.open(
            model,
            model.onExecutor(),
            device,
            configuration.parameters(),
            batchSize,
            intraOpThreads);
    metrics.modelNanos().add(System.nanoTime() - begin);
    ItemReader reader = loader.open(hadoop.value().value());
    task.addTaskCompletionListener((TaskCompletionListener) context -> predictor.close())
        .addTaskCompletionListener((TaskCompletionListener) context -> reader.close());
    return new Outcomes(files, predictor, reader);
  }

  private final class Outcomes implements Iterator<Row> {

    private final Iterator<Row> files;
    private final ScorePredictor predictor;
    private final ItemReader reader;
    private final ArrayDeque<Row> ready = new ArrayDeque<>();
    private long lastEnd = System.nanoTime();

    Outcomes(Iterator<Row> files, ScorePredictor predictor, ItemReader reader) {
      this.files = files;
      this.predictor = predictor;
      this.reader = reader;
    }

    @Override
    public boolean hasNext() {
      while (ready.isEmpty() && files.hasNext()) {
        TaskContext.get().killTaskIfInterrupted();
        nextBatch();
      }
      return !ready.isEmpty();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.remove();
    }

    private void nextBatch() {
      final long begin = System.nanoTime();
      metrics.waitNanos().add(begin - lastEnd);
      final long networkBefore = predictor.networkNanos();
      List<LoadedImage> images = new ArrayList<>(batchSize);
      List<InputImage> inputs = new ArrayList<>(batchSize);
      while (inputs.size() < batchSize && files.hasNext()) {
        Row file = files.next();
        long loading = System.nanoTime();
        LoadedImage image = reader.load(file);
        metrics.loaded(System.nanoTime() - loading, image.readNanos());
        if (image.isRejected()) {
          reject(image.path(), image.reason(), image.message());
        } else if (image.imageId().equals(file.<String>getAs("known_image_id"))) {
          unchanged(image);
        } else {
          images.add(image);
          inputs.add(new InputImage(image.imageId(), Preprocessing.toTensor(image.pixels())));
        }
      }
      List<Measurement> measurements = inputs.isEmpty() ? List.of() : predictor.measure(inputs);
      lastEnd = System.nanoTime();
      metrics.batch(lastEnd - begin, predictor.networkNanos() - networkBefore);
      LOG.debug(
          "Task {} has measured {} images.",
          TaskContext.get().taskAttemptId(),
          measurements.size());
      for (int i = 0; i < images.size(); i++) {
        add(images.get(i), measurements.get(i));
      }
    }

    private void add(LoadedImage image, Measurement m) {
      if (m.degenerate() != null) {
        reject(image.path(), RejectReason.DEGENERATE, m.degenerate());
        return;
      }
      metrics.scored().add(1);
      ready.add(
          RowFactory.create(
              image.path(),
              image.imageId(),
              image.width(),
              image.height(),
              m.complexity(),
              m.vulnerability(),
              m.vulnerability() / m.complexity(),
              m.stepNorm(),
              m.complexityFloor(),
              featureSample.holds(image.imageId()) ? floats(m.features()) : null,
              null,
              null));
    }

    /** Set measures need no more digits, and the column is most of the table. */
    private float[] floats(double[] features) {
      float[] rounded = new float[features.length];
      for (int i = 0; i < rounded.length; i++) {
        rounded[i] = (float) features[i];
      }
      return rounded;
    }

    private void unchanged(LoadedImage image) {
      metrics.scored().add(1);
      ready.add(
          RowFactory.create(
              image.path(),
              image.imageId(),
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null,
              null));
    }

    private void reject(String path, RejectReason reason, String message) {
      metrics.rejected().add(1);
      ready.add(
          RowFactory.create(
              path, null, null, null, null, null, null, null, null, null, reason.text(), message));
    }
  }
}
