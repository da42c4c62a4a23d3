package org.anomalyscore.score;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.anomalyscore.measure.FeatureSample;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.Measurement;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a partition of listed files into rows of {@link Outcome#SCHEMA}, one a file. Pulls one
 * batch of images at a time, so that memory does not grow with the partition.
 *
 * @param featureSample the images whose features become part of their rows
 */
public record ScorePartition(
    ScoreEngine engine, ScoreParameters parameters, FeatureSample featureSample)
    implements MapPartitionsFunction<Row, Row> {

  /** Rejects end a batch too: an archive of a million broken members must not fill the heap. */
  private static final int MOST_READY = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(ScorePartition.class);

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
    return new Rows(files, engine.openPredictor(parameters), engine.openReader());
  }

  private final class Rows implements Iterator<Row> {

    private final Iterator<Row> files;
    private final ScorePredictor predictor;
    private final ItemReader reader;
    private final ScoreMetrics metrics = engine.metrics();
    private final ArrayDeque<Row> ready = new ArrayDeque<>();
    private long lastEnd = System.nanoTime();

    Rows(Iterator<Row> files, ScorePredictor predictor, ItemReader reader) {
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
      List<LoadedImage> images = new ArrayList<>(engine.batchSize());
      List<InputImage> inputs = new ArrayList<>(engine.batchSize());
      while (inputs.size() < engine.batchSize() && ready.size() < MOST_READY && files.hasNext()) {
        Row file = files.next();
        long loading = System.nanoTime();
        LoadedImage image = reader.load(file);
        metrics.loaded(System.nanoTime() - loading, image.readNanos());
        if (image.isRejected()) {
          add(Outcome.rejected(image.path(), image.reason(), image.message()));
        } else if (image.imageId().equals(file.<String>getAs("known_image_id"))) {
          add(Outcome.unchanged(image));
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
        LoadedImage image = images.get(i);
        add(Outcome.measured(image, measurements.get(i), featureSample.holds(image.imageId())));
      }
    }

    private void add(Outcome outcome) {
      (outcome.kind() == Outcome.Kind.REJECTED ? metrics.rejected() : metrics.scored()).add(1);
      ready.add(outcome.toRow());
    }
  }
}
