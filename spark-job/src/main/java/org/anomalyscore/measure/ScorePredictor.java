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
   * is told before any image is read.
   */
  void checkCard() {
    int size = card.input().size();
    float[] grey = new float[batchSize * elements];
    Arrays.fill(grey, 0.5f);
    Shape shape = new Shape(batchSize, 3, size, size);
    float[][] features;
    try (NDManager manager = model.newManager()) {
      features = model.rows(model.features(manager.create(grey, shape), false), batchSize);
    } catch (EngineException | UnsupportedOperationException e) {
      throw refused(
          "does not run on an input of shape " + shape, e, "Correct input.size in its card.");
    }
    try (NDManager manager = model.newManager()) {
      NDArray unused =
          model.distanceGradient(manager.create(grey, shape), manager.create(features), manager);
      unused.close();
    } catch (EngineException e) {
      throw refused(
          "gives no gradient with respect to its pixels",
          e,
          "Export it without torch.no_grad() and without detaching anything inside.");
    }
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
      networkNanos += batch.networkNanos();
    } catch (EngineException e) {
      throw failedOn(List.of(input), e);
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

  /** Nanoseconds inside the network since this predictor was opened, forward and backward. */
  public long networkNanos() {
    return networkNanos;
  }

  @Override
  public void close() {
    model.close();
  }
}
