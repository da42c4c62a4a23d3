package org.anomalyscore.inference;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.storage.UserException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Measures one batch of images in all runs of a sweep, and makes each pass through the network once
 * that several runs need: M(x); features at one length of one noise, so that a path of K steps
 * holds all shorter ones, and another eps that meets one of its points; the attack of one step and
 * start, whose J steps hold all shorter attacks. What a run gives for an image has the bits that
 * {@code score} gives under the same parameters and batch size.
 *
 * @param model opened on the driver
 * @param intraOpThreads of each task's network calls
 */
public record SweepBatch(
    SweepPlan plan,
    ModelFile model,
    ImageLoader loader,
    Devices devices,
    int batchSize,
    int intraOpThreads,
    ScoreMetrics metrics,
    Broadcast<SerializableConfiguration> hadoop)
    implements Function<List<Row>, List<SweepBatch.Swept>> {

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

  /** Attacks whose paths are one as far as the shorter of them goes. */
  private record Attack(double step, double start) {}

  /**
   * Measures a batch.
   *
   * @param files rows of {@link org.anomalyscore.source.ImageFinder#SCHEMA}, 1 to batch-size
   * @return in the same order
   */
  @Override
  public List<Swept> call(List<Row> files) throws IOException {
    long begin = System.nanoTime();
    List<String> paths = new ArrayList<>();
    List<ScorePredictor.Input> inputs = new ArrayList<>();
    try (ItemReader reader = loader.open(hadoop.value().value())) {
      for (Row file : files) {
        LoadedImage image = reader.load(file);
        if (image.isRejected()) {
          throw new UserException(
              image.path()
                  + " could be read when the sample was drawn, but not again: "
                  + image.message()
                  + ". Let the images stand still, and start the sweep again.");
        }
        paths.add(image.path());
        inputs.add(
            new ScorePredictor.Input(image.imageId(), Preprocessing.toTensor(image.pixels())));
      }
    }
    try (ScorePredictor predictor =
        ScorePredictor.open(
            model,
            model.onExecutor(),
            devices.forTask(TaskContext.get()),
            plan.profile(),
            batchSize,
            intraOpThreads)) {
      List<Swept> swept = measure(plan, predictor, paths, inputs);
      metrics.scored().add(swept.size());
      metrics.batch(System.nanoTime() - begin, predictor.networkNanos());
      return swept;
    }
  }

  /** The same without Spark. */
  static List<Swept> measure(
      SweepPlan plan,
      ScorePredictor predictor,
      List<String> paths,
      List<ScorePredictor.Input> inputs) {
    try (ScorePredictor.Batch batch = predictor.new Batch(inputs)) {
      Map<ScoreParameters, List<Measurement>> measured = new HashMap<>();
      for (long seed : plan.seeds()) {
        measured.putAll(measure(batch, distinct(plan, seed)));
      }
      List<Swept> swept = new ArrayList<>();
      for (int b = 0; b < inputs.size(); b++) {
        Swept image = new Swept(paths.get(b), plan.runs(), batch.passes());
        for (int run = 0; run < plan.runs(); run++) {
          Measurement m = measured.get(plan.parameters(run)).get(b);
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

  private static List<ScoreParameters> distinct(SweepPlan plan, long seed) {
    List<ScoreParameters> distinct = new ArrayList<>();
    for (int run = 0; run < plan.runs(); run++) {
      ScoreParameters p = plan.parameters(run);
      if (p.seed() == seed && !distinct.contains(p)) {
        distinct.add(p);
      }
    }
    return distinct;
  }

  /** All settings under one seed. */
  private static Map<ScoreParameters, List<Measurement>> measure(
      ScorePredictor.Batch batch, List<ScoreParameters> settings) {
    long seed = settings.get(0).seed();
    Map<Float, float[][]> noisy = noisy(batch, settings, seed);
    Map<Attack, Map<Integer, float[][]>> attacked = attacked(batch, settings, seed);
    Map<ScoreParameters, List<Measurement>> measured = new HashMap<>();
    for (ScoreParameters p : settings) {
      float[][][] path = new float[p.noiseSteps() + 1][][];
      for (int k = 0; k < path.length; k++) {
        path[k] = noisy.get(length(p, k));
      }
      measured.put(
          p,
          batch.measurements(
              path,
              noisy.get(length(p, ScorePredictor.NEARBY)),
              attacked.get(attack(p)).get(p.attackSteps())));
    }
    return measured;
  }

  /** Features by the length of the noise, in float as the network gets it. */
  private static Map<Float, float[][]> noisy(
      ScorePredictor.Batch batch, List<ScoreParameters> settings, long seed) {
    Map<Float, float[][]> noisy = new HashMap<>();
    noisy.put(0f, batch.clean());
    try (var n = batch.noise(NoiseStream.Purpose.COMPLEXITY_NOISE, seed, 0)) {
      for (ScoreParameters p : settings) {
        for (int k = 1; k <= p.noiseSteps(); k++) {
          noisy.computeIfAbsent(length(p, k), length -> batch.featuresAt(n, length));
        }
        noisy.computeIfAbsent(
            length(p, ScorePredictor.NEARBY), length -> batch.featuresAt(n, length));
      }
    }
    return noisy;
  }

  private static float length(ScoreParameters p, double steps) {
    return (float) (steps * p.noiseStep());
  }

  /** Features by attack and number of steps. */
  private static Map<Attack, Map<Integer, float[][]>> attacked(
      ScorePredictor.Batch batch, List<ScoreParameters> settings, long seed) {
    Map<Attack, Set<Integer>> wanted = new LinkedHashMap<>();
    Map<Attack, ScoreParameters> parameters = new HashMap<>();
    for (ScoreParameters p : settings) {
      wanted.computeIfAbsent(attack(p), a -> new HashSet<>()).add(p.attackSteps());
      parameters.put(attack(p), p);
    }
    Map<Attack, Map<Integer, float[][]>> attacked = new HashMap<>();
    try (var u = batch.noise(NoiseStream.Purpose.ATTACK_START, seed, 0)) {
      wanted.forEach(
          (a, after) -> attacked.put(a, batch.attack(u, null, parameters.get(a), after)));
    }
    return attacked;
  }

  private static Attack attack(ScoreParameters p) {
    return new Attack(p.attackStep(), p.attackStart());
  }
}
