package org.anomalyscore.measure;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anomalyscore.storage.UserException;

/**
 * Measures images on the feature model: one predictor a task, used by that task's thread only.
 *
 * <p>Each call of the network has the shape (batch size, 3, S, S), the last batch of a task being
 * padded: convolution and matrix kernels choose their order of summation by the shape, so that a
 * fixed shape is what makes an image's bits independent of its company.
 */
public final class ScorePredictor implements AutoCloseable {

  /** float32 pixels near 0.5 are 6e-8 apart. */
  private static final double BELOW_FLOAT32 = 1e-10;

  /** Relative; a float64 module's rounding over such a step is some 1e-6, a jump of float32's 1. */
  private static final double MOST_BENT = 1e-3;

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
  public static ScorePredictor open(
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
   * is found before any image is read.
   */
  void checkCard() {
    int size = card.input().size();
    Shape shape = new Shape(batchSize, 3, size, size);
    double[] grey = new double[batchSize * elements];
    Arrays.fill(grey, 0.5);
    double[][] features;
    try {
      features = features(grey, shape);
    } catch (EngineException | UnsupportedOperationException e) {
      requireNoOtherPrecision(grey, shape);
      throw refused(
          "does not run on an input of shape " + shape, e, "Correct input.size in its card.");
    }
    requireFloat64Inside(grey, features, shape);
    try (NDManager manager = model.newManager()) {
      NDArray pixels = model.precision().create(manager, grey, shape);
      model.distanceGradient(pixels, model.create(manager, features), manager).close();
    } catch (EngineException e) {
      throw refused(
          "gives no gradient with respect to its pixels",
          e,
          "Export it without torch.no_grad() and without detaching anything inside.");
    }
  }

  private double[][] features(double[] pixels, Shape shape) {
    try (NDManager manager = model.newManager()) {
      NDArray array = model.precision().create(manager, pixels, shape);
      return model.outputs(array, batchSize).stream()
          .map(NetworkOutput::features)
          .toArray(double[][]::new);
    }
  }

  /** A module that takes no pixels of its card's precision may take the other one's. */
  private void requireNoOtherPrecision(double[] pixels, Shape shape) {
    for (Precision other : Precision.values()) {
      if (other != model.precision() && model.takes(other, pixels, shape)) {
        throw model.wrongOutput(
            "computes in %s, but its card says precision %s"
                .formatted(other.cardName(), model.precision().cardName()),
            "Write 'precision: " + other.cardName() + "' into its card.");
      }
    }
  }

  /**
   * Refuses a float64 module that rounds to float32 somewhere, as a cast or a constant baked into a
   * trace does. Features hardly curve over a step far below float32's resolution of a pixel, so
   * that two such steps move them twice as far as one; rounded ones move in jumps, or not at all.
   */
  private void requireFloat64Inside(double[] pixels, double[][] features, Shape shape) {
    if (model.precision() != Precision.FLOAT64) {
      return;
    }
    double[][] once = features(stepped(pixels, BELOW_FLOAT32), shape);
    double[][] twice = features(stepped(pixels, 2 * BELOW_FLOAT32), shape);
    double bent = 0;
    double moved = 0;
    for (int i = 0; i < once[0].length; i++) {
      bent += Math.pow(twice[0][i] - 2 * once[0][i] + features[0][i], 2);
      moved += Math.pow(twice[0][i] - features[0][i], 2);
    }
    boolean still =
        moved == 0 && !Arrays.equals(features[0], features(stepped(pixels, 0.1), shape)[0]);
    if (still || bent > MOST_BENT * MOST_BENT * moved) {
      throw model.wrongOutput(
          "rounds to float32 inside although it takes and gives float64",
          "Look for casts and for float32 constants in its graph, or export it in float32 and write"
              + " 'precision: float32' into its card.");
    }
  }

  /** Pixels moved along a fixed direction of elements in [-1, 1). */
  private static double[] stepped(double[] pixels, double length) {
    double[] moved = new double[pixels.length];
    new NoiseStream(NoiseStream.Purpose.ATTACK_START, 0, "card")
        .writeUniform(moved, 0, moved.length);
    for (int i = 0; i < moved.length; i++) {
      moved[i] = pixels[i] + length * moved[i];
    }
    return moved;
  }

  private UserException refused(String what, RuntimeException cause, String remedy) {
    return EngineFault.of(card.name(), what, cause, remedy);
  }

  /**
   * Measures up to a batch of images, each averaged over the parameters' draws.
   *
   * @param inputs 1 to batch-size images
   * @return one measurement an image, in the same order
   */
  public List<Measurement> measure(List<InputImage> inputs) {
    return measure(inputs, List.of(parameters)).of(parameters);
  }

  /**
   * Images under several parameters.
   *
   * @param passes of the batch through the network that were made for all of them
   */
  public record Measured(Map<ScoreParameters, List<Measurement>> measurements, int passes) {

    /** One measurement an image, in the order of the inputs. */
    public List<Measurement> of(ScoreParameters parameters) {
      return measurements.get(parameters);
    }
  }

  /**
   * Measures up to a batch of images under each of several parameters, and makes a pass through the
   * network once that several of them need. Each gives the bits that it gives alone.
   *
   * @param inputs 1 to batch-size images
   */
  public Measured measure(List<InputImage> inputs, List<ScoreParameters> settings) {
    try (ImageBatch batch = new ImageBatch(model, card, batchSize, inputs)) {
      Map<ScoreParameters, List<Measurement>> measured = SharedPasses.of(batch, settings);
      networkNanos += batch.networkNanos();
      return new Measured(measured, batch.passes());
    } catch (EngineException e) {
      throw failedOn(inputs, e);
    }
  }

  private UserException failedOn(List<InputImage> inputs, EngineException failure) {
    return refused(
        "failed while it measured %d image(s), the first with image_id %s"
            .formatted(inputs.size(), inputs.get(0).imageId()),
        failure,
        "It took random images, so look at what is special about these.");
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
  public double[] vulnerabilities(InputImage input, long seed, List<boolean[]> masks) {
    double[] moved = new double[masks.size()];
    int size = card.input().size();
    Set<Integer> last = Set.of(parameters.attackSteps());
    // Padding makes the batch as many copies of the image.
    try (ImageBatch batch = new ImageBatch(model, card, batchSize, List.of(input));
        NDArray u = batch.noise(NoiseStream.Purpose.ATTACK_START, seed, 0)) {
      double[] clean = batch.clean()[0];
      for (int from = 0; from < masks.size(); from += batchSize) {
        try (NDManager scope = model.newManager()) {
          NDArray mask =
              model
                  .precision()
                  .create(scope, masks(masks, from), new Shape(batchSize, 1, size, size));
          double[][] attacked =
              batch.attack(u, mask, parameters, last).get(parameters.attackSteps());
          for (int b = 0; b < batchSize && from + b < moved.length; b++) {
            moved[from + b] = FeaturePath.distance(clean, attacked[b]);
          }
        }
      }
      networkNanos += batch.networkNanos();
    } catch (EngineException e) {
      throw failedOn(List.of(input), e);
    }
    return moved;
  }

  /** A batch of masks, 1 where a pixel may change; padding repeats the last one. */
  private double[] masks(List<boolean[]> masks, int from) {
    int plane = elements / 3;
    double[] batch = new double[batchSize * plane];
    for (int b = 0; b < batchSize; b++) {
      boolean[] mask = masks.get(Math.min(from + b, masks.size() - 1));
      for (int i = 0; i < plane; i++) {
        batch[b * plane + i] = mask[i] ? 1 : 0;
      }
    }
    return batch;
  }

  /** Nanoseconds inside the network since this predictor was opened, forward and backward. */
  public long networkNanos() {
    return networkNanos;
  }

  @Override
  public void close() {
    model.close();
  }
}
