package org.anomalyscore.inference;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.anomalyscore.storage.UserException;

/**
 * Measures images on the feature model: one predictor a task, used by that task's thread only.
 *
 * <p>Each call of the network has the shape (batch size, 3, S, S), the last batch of a task being
 * padded: convolution and matrix kernels choose their order of summation by the shape, so that a
 * fixed shape is what makes an image's bits independent of its company.
 */
final class ScorePredictor implements AutoCloseable {

  /** The floor diagnostic looks at this part of a noise step. */
  static final double NEARBY = 0.01;

  /** One image as the network sees it: pixels (3, S, S) in C, H, W order. */
  record Input(String imageId, float[] pixels) {}

  private final FeatureModel model;
  private final ModelCard card;
  private final ScoreParameters parameters;
  private final int batchSize;
  private final int elements;
  private long networkNanos;

  private ScorePredictor(
      FeatureModel model, ModelCard card, ScoreParameters parameters, int batchSize) {
    this.model = model;
    this.card = card;
    this.parameters = parameters;
    this.batchSize = batchSize;
    this.elements = 3 * card.input().size() * card.input().size();
  }

  /**
   * Opens a predictor on this JVM's copy of the model.
   *
   * @param threads intra-op threads of this task's network calls on the CPU
   */
  static ScorePredictor open(
      ModelFile file,
      Path copy,
      Device device,
      ScoreParameters parameters,
      int batchSize,
      int threads)
      throws IOException {
    FeatureModel model = FeatureModel.acquire(file, copy, device);
    // Both settings belong to the calling thread in libtorch. The graph executor's optimiser
    // rewrites a module after its first runs, so that later images would get other bits.
    JniUtils.setNumThreads(threads);
    JniUtils.setGraphExecutorOptimize(false);
    return new ScorePredictor(model, file.card(), parameters, batchSize);
  }

  /**
   * Runs the model forward and backward on grey, once: a module that does not do what its card says
   * is told before any image is read.
   */
  void checkCard() {
    int size = card.input().size();
    float[] grey = new float[batchSize * elements];
    Arrays.fill(grey, 0.5f);
    Shape shape = new Shape(batchSize, 3, size, size);
    float[][] features;
    try (NDManager manager = model.newManager()) {
      features = rows(model.features(manager.create(grey, shape), false));
    } catch (EngineException | UnsupportedOperationException e) {
      throw refused(
          "does not run on an input of shape " + shape, e, "Correct input.size in its card.");
    }
    try (NDManager manager = model.newManager()) {
      NDArray unused =
          distanceGradient(manager.create(grey, shape), manager.create(features), manager);
      unused.close();
    } catch (EngineException e) {
      throw refused(
          "gives no gradient with respect to its pixels",
          e,
          "Export it without torch.no_grad() and without detaching anything inside.");
    }
  }

  private UserException refused(String what, RuntimeException cause, String remedy) {
    return new UserException(
        "The feature model "
            + card.name()
            + " "
            + what
            + ": "
            + String.valueOf(cause.getMessage()).lines().findFirst().orElse("")
            + ". "
            + remedy,
        cause);
  }

  /**
   * Measures up to a batch of images, each averaged over the parameters' draws.
   *
   * @param inputs 1 to batch-size images
   * @return one measurement an image, in the same order
   */
  List<Measurement> measure(List<Input> inputs) {
    List<List<Measurement>> draws = new ArrayList<>(parameters.draws());
    try (Batch batch = new Batch(inputs)) {
      for (int draw = 0; draw < parameters.draws(); draw++) {
        draws.add(measure(batch, draw));
      }
    }
    List<Measurement> measurements = new ArrayList<>(inputs.size());
    for (int b = 0; b < inputs.size(); b++) {
      int image = b;
      measurements.add(Measurement.mean(draws.stream().map(draw -> draw.get(image)).toList()));
    }
    return measurements;
  }

  private List<Measurement> measure(Batch batch, int draw) {
    // [k][b]: features of image b after k noise steps.
    float[][][] path = new float[parameters.noiseSteps() + 1][][];
    path[0] = batch.clean();
    float[][] nearby;
    try (NDArray n = batch.noise(NoiseStream.Purpose.COMPLEXITY_NOISE, parameters.seed(), draw)) {
      for (int k = 1; k < path.length; k++) {
        path[k] = batch.featuresAt(n, k * parameters.noiseStep());
      }
      nearby = batch.featuresAt(n, NEARBY * parameters.noiseStep());
    }
    float[][] attacked;
    try (NDArray u = batch.noise(NoiseStream.Purpose.ATTACK_START, parameters.seed(), draw)) {
      Set<Integer> last = Set.of(parameters.attackSteps());
      attacked = batch.attack(u, null, parameters, last).get(parameters.attackSteps());
    }
    return batch.measurements(path, nearby, attacked);
  }

  /**
   * Vulnerability of one image to attacks that may change a part of its pixels only: the start and
   * each step of Eq. 2-5 are multiplied by a mask. All attacks of a seed have one start, so that
   * they differ by their masks alone; with every pixel allowed it is the attack of the score.
   *
   * @param seed of the start
   * @param masks one an attack; true where the pixel may change, (S, S) row by row
   * @return ‖M(a_J) − M(x)‖₂, one an attack
   */
  double[] vulnerabilities(Input input, long seed, List<boolean[]> masks) {
    double[] moved = new double[masks.size()];
    int size = card.input().size();
    Set<Integer> last = Set.of(parameters.attackSteps());
    // Padding makes the batch as many copies of the image.
    try (Batch batch = new Batch(List.of(input));
        NDArray u = batch.noise(NoiseStream.Purpose.ATTACK_START, seed, 0)) {
      float[] clean = batch.clean()[0];
      for (int from = 0; from < masks.size(); from += batchSize) {
        try (NDManager scope = model.newManager()) {
          NDArray mask = scope.create(masks(masks, from), new Shape(batchSize, 1, size, size));
          float[][] attacked =
              batch.attack(u, mask, parameters, last).get(parameters.attackSteps());
          for (int b = 0; b < batchSize && from + b < moved.length; b++) {
            moved[from + b] = FeaturePath.distance(clean, attacked[b]);
          }
        }
      }
    }
    return moved;
  }

  /** A batch of masks, 1 where a pixel may change; padding repeats the last one. */
  private float[] masks(List<boolean[]> masks, int from) {
    int plane = elements / 3;
    float[] batch = new float[batchSize * plane];
    for (int b = 0; b < batchSize; b++) {
      boolean[] mask = masks.get(Math.min(from + b, masks.size() - 1));
      for (int i = 0; i < plane; i++) {
        batch[b * plane + i] = mask[i] ? 1 : 0;
      }
    }
    return batch;
  }

  /**
   * Up to a batch of images in native memory, padded to the batch size, and what the network can be
   * asked of them. M(x) is computed once.
   */
  final class Batch implements AutoCloseable {

    private final List<Input> inputs;
    private final NDManager manager = model.newManager();
    private final NDArray x;
    private float[][] clean;
    private int passes;

    /**
     * @param inputs 1 to batch-size images
     */
    Batch(List<Input> inputs) {
      this.inputs = inputs;
      this.x = create((input, pixels, offset) -> copy(input.pixels(), pixels, offset));
    }

    private void copy(float[] from, float[] to, int offset) {
      System.arraycopy(from, 0, to, offset, elements);
    }

    /** An array (batch, 3, S, S); padding repeats the first image's part. */
    private NDArray create(Fill fill) {
      float[] values = new float[batchSize * elements];
      for (int b = 0; b < batchSize; b++) {
        if (b < inputs.size()) {
          fill.write(inputs.get(b), values, b * elements);
        } else {
          System.arraycopy(values, 0, values, b * elements, elements);
        }
      }
      int size = card.input().size();
      return manager.create(values, new Shape(batchSize, 3, size, size));
    }

    /** The direction n of Eq. 1, or the attack's u: (batch, 3, S, S), for the caller to close. */
    NDArray noise(NoiseStream.Purpose purpose, long seed, int draw) {
      return create(
          (input, values, offset) -> {
            NoiseStream stream = new NoiseStream(purpose, seed, draw, input.imageId());
            switch (purpose) {
              case COMPLEXITY_NOISE -> stream.writeUnitDirection(values, offset, elements);
              case ATTACK_START -> stream.writeUniform(values, offset, elements);
              default -> throw new IllegalArgumentException(purpose + " is no noise of pixels");
            }
          });
    }

    /** M(x); (batch, D). */
    float[][] clean() {
      if (clean == null) {
        clean = features(() -> x.clip(0, 1));
      }
      return clean;
    }

    /** M(clip(x + length · n, 0, 1)); (batch, D). */
    float[][] featuresAt(NDArray n, double length) {
      return features(() -> x.add(n.mul((float) length)).clip(0, 1), n);
    }

    /**
     * @param pixels computed from x and {@code from}; freed with the scope
     */
    private float[][] features(Supplier<NDArray> pixels, NDArray... from) {
      long begin = System.nanoTime();
      passes++;
      try (NDManager step = model.newManager()) {
        x.tempAttach(step);
        for (NDArray array : from) {
          array.tempAttach(step);
        }
        return rows(model.features(pixels.get(), false));
      } finally {
        networkNanos += System.nanoTime() - begin;
      }
    }

    /**
     * Projected gradient steps on the squared L2 distance of the features (Eq. 2-5). An attack of
     * many steps contains the shorter ones.
     *
     * @param mask 1 where a pixel may change, else 0, (batch, 1, S, S); null for all pixels
     * @param p whose step, start, ball and direction to take
     * @param after numbers of steps j &gt;= 1
     * @return M(a_j), (batch, D), for each j
     */
    Map<Integer, float[][]> attack(NDArray u, NDArray mask, ScoreParameters p, Set<Integer> after) {
      float[][] start = clean();
      long begin = System.nanoTime();
      int steps = Collections.max(after);
      Map<Integer, float[][]> attacked = new HashMap<>();
      try (NDManager scope = model.newManager()) {
        x.tempAttach(scope);
        u.tempAttach(scope);
        NDArray fixed = scope.create(start);
        NDArray low = scope.create(0f);
        NDArray high = scope.create(1f);
        if (p.attackBall() > 0) {
          low = x.sub((float) p.attackBall()).maximum(0f);
          high = x.add((float) p.attackBall()).minimum(1f);
        }
        float step = (float) (p.ascends() ? p.attackStep() : -p.attackStep());
        NDArray first = u.mul((float) p.attackStart());
        NDArray a = x.add(mask == null ? first : first.mul(mask)).clip(0, 1);
        a.attach(scope);
        for (int j = 1; j <= steps; j++) {
          try (NDManager iteration = model.newManager()) {
            NDArray gradient = distanceGradient(a, fixed, iteration);
            NDArray change = gradient.sign().mul(step);
            NDArray next = a.stopGradient().add(mask == null ? change : change.mul(mask));
            next = next.maximum(low).minimum(high);
            next.attach(scope);
            a.close();
            a = next;
          }
          // Forward and backward.
          passes += 2;
          if (after.contains(j)) {
            passes++;
            try (NDManager look = model.newManager()) {
              a.tempAttach(look);
              attacked.put(j, rows(model.features(a, false)));
            }
          }
        }
        return attacked;
      } finally {
        networkNanos += System.nanoTime() - begin;
      }
    }

    /**
     * What features of the batch come to, one measurement an image.
     *
     * @param path [k] features (batch, D) after k noise steps
     */
    List<Measurement> measurements(float[][][] path, float[][] nearby, float[][] attacked) {
      List<Measurement> measurements = new ArrayList<>(inputs.size());
      for (int b = 0; b < inputs.size(); b++) {
        float[][] imagePath = new float[path.length][];
        for (int k = 0; k < path.length; k++) {
          imagePath[k] = path[k][b];
        }
        measurements.add(Measurement.of(imagePath, nearby[b], attacked[b]));
      }
      return measurements;
    }

    /** Passes of the batch through the network so far; a gradient is two, forward and backward. */
    int passes() {
      return passes;
    }

    @Override
    public void close() {
      manager.close();
    }
  }

  /** Writes one image's part of an array. */
  private interface Fill {
    void write(Input input, float[] values, int offset);
  }

  /** d/da of the squared L2 distance between M(a) and M(x); each image's part is its own. */
  private NDArray distanceGradient(NDArray a, NDArray fixed, NDManager iteration) {
    a.attach(iteration);
    // DJL's GradientCollector allows one user a JVM at a time; tasks run side by side, and
    // libtorch's gradient mode is a property of the thread.
    JniUtils.setGradMode(true);
    try {
      a.setRequiresGradient(true);
      NDArray loss = model.features(a, true).sub(fixed).square().sum();
      JniUtils.backward((PtNDArray) loss, (PtNDArray) loss.onesLike(), false, false);
    } finally {
      JniUtils.setGradMode(false);
    }
    return a.getGradient();
  }

  private float[][] rows(NDArray features) {
    Shape expected = new Shape(batchSize, card.output().dimension());
    if (!features.getShape().equals(expected)) {
      throw model.wrongOutput(
          "gives features of shape "
              + features.getShape()
              + " for "
              + batchSize
              + " image(s) instead of "
              + expected,
          "Correct output.dimension in its card; a traced module must take any batch size.");
    }
    float[] flat = features.toFloatArray();
    int dimension = card.output().dimension();
    float[][] rows = new float[batchSize][];
    for (int b = 0; b < batchSize; b++) {
      rows[b] = Arrays.copyOfRange(flat, b * dimension, (b + 1) * dimension);
    }
    return rows;
  }

  /** Nanoseconds inside the network since this predictor was opened, forward and backward. */
  long networkNanos() {
    return networkNanos;
  }

  @Override
  public void close() {
    model.close();
  }
}
