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
import java.util.List;
import org.anomalyscore.table.UserException;

/**
 * Measures images on the feature model: one predictor a task, used by that task's thread only.
 *
 * <p>Each call of the network has the shape (batch size, 3, S, S), the last batch of a task being
 * padded: convolution and matrix kernels choose their order of summation by the shape, so that a
 * fixed shape is what makes an image's bits independent of its company.
 */
final class ScorePredictor implements AutoCloseable {

  /** The floor diagnostic looks at this part of a noise step. */
  private static final double NEARBY = 0.01;

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
   * Measures up to a batch of images.
   *
   * @param inputs 1 to batch-size images
   * @return one measurement an image, in the same order
   */
  List<Measurement> measure(List<Input> inputs) {
    float[] pixels = new float[batchSize * elements];
    float[] direction = new float[batchSize * elements];
    float[] start = new float[batchSize * elements];
    for (int b = 0; b < batchSize; b++) {
      int offset = b * elements;
      if (b < inputs.size()) {
        Input input = inputs.get(b);
        System.arraycopy(input.pixels(), 0, pixels, offset, elements);
        stream(NoiseStream.Purpose.COMPLEXITY_NOISE, input)
            .writeUnitDirection(direction, offset, elements);
        stream(NoiseStream.Purpose.ATTACK_START, input).writeUniform(start, offset, elements);
      } else {
        // Padding repeats the first image; its results are dropped.
        System.arraycopy(pixels, 0, pixels, offset, elements);
        System.arraycopy(direction, 0, direction, offset, elements);
        System.arraycopy(start, 0, start, offset, elements);
      }
    }
    long begin = System.nanoTime();
    // [k][b]: features of image b after k noise steps.
    float[][][] path = new float[parameters.noiseSteps() + 1][][];
    float[][] nearby;
    float[][] attacked;
    try (NDManager batch = model.newManager()) {
      Shape shape = new Shape(batchSize, 3, card.input().size(), card.input().size());
      NDArray x = batch.create(pixels, shape);
      NDArray n = batch.create(direction, shape);
      NDArray u = batch.create(start, shape);
      for (int k = 0; k < path.length; k++) {
        path[k] = featuresAt(x, n, k * parameters.noiseStep());
      }
      nearby = featuresAt(x, n, NEARBY * parameters.noiseStep());
      attacked = attack(x, u, null, path[0]);
    }
    networkNanos += System.nanoTime() - begin;
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
    float[] pixels = new float[batchSize * elements];
    float[] start = new float[batchSize * elements];
    new NoiseStream(NoiseStream.Purpose.ATTACK_START, seed, input.imageId())
        .writeUniform(start, 0, elements);
    for (int b = 0; b < batchSize; b++) {
      System.arraycopy(input.pixels(), 0, pixels, b * elements, elements);
      System.arraycopy(start, 0, start, b * elements, elements);
    }
    final long begin = System.nanoTime();
    int size = card.input().size();
    double[] moved = new double[masks.size()];
    try (NDManager image = model.newManager()) {
      Shape shape = new Shape(batchSize, 3, size, size);
      NDArray x = image.create(pixels, shape);
      NDArray u = image.create(start, shape);
      float[][] clean;
      try (NDManager once = model.newManager()) {
        clean = rows(model.features(once.create(pixels, shape), false));
      }
      for (int from = 0; from < masks.size(); from += batchSize) {
        try (NDManager batch = model.newManager()) {
          NDArray mask = batch.create(masks(masks, from), new Shape(batchSize, 1, size, size));
          float[][] attacked = attack(x, u, mask, clean);
          for (int b = 0; b < batchSize && from + b < moved.length; b++) {
            moved[from + b] = FeaturePath.distance(clean[b], attacked[b]);
          }
        }
      }
    }
    networkNanos += System.nanoTime() - begin;
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

  private NoiseStream stream(NoiseStream.Purpose purpose, Input input) {
    return new NoiseStream(purpose, parameters.seed(), input.imageId());
  }

  /** M(clip(x + length · n, 0, 1)); (batch, D). */
  private float[][] featuresAt(NDArray x, NDArray n, double length) {
    try (NDManager step = model.newManager()) {
      x.tempAttach(step);
      n.tempAttach(step);
      NDArray noisy = x.add(n.mul((float) length)).clip(0, 1);
      return rows(model.features(noisy, false));
    }
  }

  /**
   * Projected gradient steps on the squared L2 distance of the features (Eq. 2-5).
   *
   * @param mask 1 where a pixel may change, else 0, (batch, 1, S, S); null for all pixels
   * @param clean M(x), (batch, D)
   * @return M(a_J), (batch, D)
   */
  private float[][] attack(NDArray x, NDArray u, NDArray mask, float[][] clean) {
    try (NDManager scope = model.newManager()) {
      x.tempAttach(scope);
      u.tempAttach(scope);
      NDArray fixed = scope.create(clean);
      NDArray low = scope.create(0f);
      NDArray high = scope.create(1f);
      if (parameters.attackBall() > 0) {
        low = x.sub((float) parameters.attackBall()).maximum(0f);
        high = x.add((float) parameters.attackBall()).minimum(1f);
      }
      float step =
          (float) (parameters.ascends() ? parameters.attackStep() : -parameters.attackStep());
      NDArray start = u.mul((float) parameters.attackStart());
      NDArray a = x.add(mask == null ? start : start.mul(mask)).clip(0, 1);
      for (int j = 0; j < parameters.attackSteps(); j++) {
        try (NDManager iteration = model.newManager()) {
          NDArray gradient = distanceGradient(a, fixed, iteration);
          NDArray change = gradient.sign().mul(step);
          NDArray next = a.stopGradient().add(mask == null ? change : change.mul(mask));
          next = next.maximum(low).minimum(high);
          next.attach(scope);
          a.close();
          a = next;
        }
      }
      return rows(model.features(a, false));
    }
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
