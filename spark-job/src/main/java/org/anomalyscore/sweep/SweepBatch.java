package org.anomalyscore.sweep;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.Measurement;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.UserException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/**
 * Measures batches of images in all runs of a sweep. What a run gives for an image has the bits
 * that {@code score} gives under the same parameters and batch size.
 */
public record SweepBatch(SweepPlan plan, ScoreEngine engine)
    implements FlatMapFunction<Iterator<List<Row>>, SweepBatch.Swept> {

  /**
   * An image in all runs; index as {@link SweepPlan#parameters}. NaN where {@code score} would
   * reject the image as degenerate.
   *
   * @param complexity C, radians
   * @param vulnerability V, in units of the features
   * @param complexityFloor see {@link Measurement}
   * @param passes through the network that its batch took
   */
  public record Swept(
      String path,
      double[] complexity,
      double[] vulnerability,
      double[] complexityFloor,
      int passes)
      implements Serializable {

    Swept(String path, int runs, int passes) {
      this(path, new double[runs], new double[runs], new double[runs], passes);
    }
  }

  /**
   * Measures batches.
   *
   * @param batches of rows of {@link org.anomalyscore.source.ImageFinder#SCHEMA}, 1 to batch-size
   *     each
   * @return in the same order
   */
  @Override
  public Iterator<Swept> call(Iterator<List<Row>> batches) throws IOException {
    ScorePredictor predictor = engine.openPredictor(plan.profile());
    ItemReader reader = engine.openReader();
    List<Swept> swept = new ArrayList<>();
    while (batches.hasNext()) {
      swept.addAll(measure(batches.next(), predictor, reader));
    }
    return swept.iterator();
  }

  private List<Swept> measure(List<Row> files, ScorePredictor predictor, ItemReader reader) {
    final long begin = System.nanoTime();
    final long networkBefore = predictor.networkNanos();
    List<String> paths = new ArrayList<>();
    List<InputImage> inputs = new ArrayList<>();
    for (Row file : files) {
      LoadedImage image = reader.load(file);
      if (image.isRejected()) {
        throw new UserException(
            image.path()
                + " could be read when the sample was drawn, but not again: "
                + image.message()
                + ". Let nothing change the images, and start the sweep again.");
      }
      paths.add(image.path());
      inputs.add(new InputImage(image.imageId(), Preprocessing.toTensor(image.pixels())));
    }
    List<Swept> swept = measure(plan, predictor, paths, inputs);
    engine.metrics().scored().add(swept.size());
    engine.metrics().batch(System.nanoTime() - begin, predictor.networkNanos() - networkBefore);
    return swept;
  }

  /** Measures a batch without Spark. */
  static List<Swept> measure(
      SweepPlan plan, ScorePredictor predictor, List<String> paths, List<InputImage> inputs) {
    List<ScoreParameters> runs =
        IntStream.range(0, plan.runs()).mapToObj(plan::parameters).toList();
    ScorePredictor.Measured measured = predictor.measure(inputs, runs.stream().distinct().toList());
    List<Swept> swept = new ArrayList<>();
    for (int b = 0; b < inputs.size(); b++) {
      Swept image = new Swept(paths.get(b), plan.runs(), measured.passes());
      for (int run = 0; run < plan.runs(); run++) {
        Measurement m = measured.of(runs.get(run)).get(b);
        boolean defined = m.degenerate() == null;
        image.complexity[run] = defined ? m.complexity() : Double.NaN;
        image.vulnerability[run] = defined ? m.vulnerability() : Double.NaN;
        image.complexityFloor[run] = defined ? m.complexityFloor() : Double.NaN;
      }
      swept.add(image);
    }
    return swept;
  }
}
