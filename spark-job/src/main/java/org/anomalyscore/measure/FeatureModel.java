package org.anomalyscore.measure;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.anomalyscore.storage.UserException;

/**
 * A TorchScript module in native memory, shared by all tasks of this JVM: one per file hash, card
 * and device.
 *
 * <p>Tasks come and go in waves, so a model that nobody uses stays loaded until a different one is
 * asked for; then the unused ones are closed.
 */
final class FeatureModel implements AutoCloseable {

  /**
   * Of one image's spatial layer. The covariance of more takes over 134 MB, and each image's row as
   * much as many images' features; the field's spatial layer has 2,023.
   */
  private static final int MOST_SPATIAL = 4096;

  private record Key(ModelFile file, Device device) {}

  private static final Map<Key, FeatureModel> LOADED = new HashMap<>();

  private final ModelFile file;
  private final Model model;
  private final PtSymbolBlock block;
  private int users;

  private FeatureModel(ModelFile file, Model model) {
    this.file = file;
    this.model = model;
    this.block = (PtSymbolBlock) model.getBlock();
  }

  /**
   * Loads the model, or takes the one that is loaded; {@link #close} gives it back.
   *
   * @param copy the local file; its hash is verified when it is loaded
   */
  static FeatureModel acquire(ModelFile file, Path copy, Device device) throws IOException {
    synchronized (LOADED) {
      Key key = new Key(file, device);
      FeatureModel loaded = LOADED.get(key);
      if (loaded == null) {
        closeUnused();
        loaded = load(file, copy, device);
        LOADED.put(key, loaded);
      }
      loaded.users++;
      return loaded;
    }
  }

  private static FeatureModel load(ModelFile file, Path copy, Device device) throws IOException {
    file.verify(copy);
    PyTorch.start();
    GpuCheck.requireUsable(device);
    Model model = Model.newInstance(file.card().name(), device, "PyTorch");
    try {
      // Without trainParam DJL loads under inference mode, and a gradient fails with "Inference
      // tensors cannot be saved for backward".
      model.load(
          copy.getParent(),
          copy.getFileName().toString(),
          Map.of("trainParam", "true", "mapLocation", "true"));
      // Only the pixels need gradients; without this each backward pass computes the weights' too.
      model.getBlock().freezeParameters(true);
      FeatureModel loaded = new FeatureModel(file, model);
      JniUtils.enableInferenceMode(loaded.block);
      return loaded;
    } catch (EngineException | MalformedModelException e) {
      model.close();
      if (device.isGpu()) {
        // The driver has run the same file on its CPU.
        throw EngineFault.of(
            file.card().name(),
            "cannot be loaded on " + device,
            e,
            "Let fewer tasks share a GPU (spark.task.resource.gpu.amount), or free its memory.");
      }
      throw ModelFile.notTorchScript(file.card().name(), e);
    } catch (IOException | RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private static void closeUnused() {
    for (Iterator<FeatureModel> i = LOADED.values().iterator(); i.hasNext(); ) {
      FeatureModel candidate = i.next();
      if (candidate.users == 0) {
        candidate.model.close();
        i.remove();
      }
    }
  }

  /** What the module computes in. */
  Precision precision() {
    return file.card().computesIn();
  }

  /** A fresh scope for arrays on the model's device. */
  NDManager newManager() {
    return model.getNDManager().newSubManager();
  }

  /**
   * Features of a batch, (N, D) in the card's precision, attached to the batch's manager.
   *
   * @param pixels (N, 3, S, S) in the card's precision
   * @param withGradient records the graph; the caller has switched gradients on
   */
  NDArray features(NDArray pixels, boolean withGradient) {
    return features(forward(pixels, withGradient));
  }

  private NDArray features(NDList returned) {
    ModelCard.Output output = file.card().output();
    int index = output.index() == null ? 0 : output.index();
    return pool(element(returned, "index", index), output.rule());
  }

  /**
   * What the card names of a batch, in one pass.
   *
   * @param pixels (N, 3, S, S) in the card's precision
   * @return one an image
   */
  List<NetworkOutput> outputs(NDArray pixels, int batchSize) {
    NDList returned = forward(pixels, false);
    double[][] features = rows(features(returned), batchSize);
    double[][] logits = logits(returned, batchSize);
    double[][] spatial = spatial(returned, batchSize);
    return IntStream.range(0, batchSize)
        .mapToObj(
            b ->
                new NetworkOutput(
                    features[b],
                    logits == null ? null : logits[b],
                    spatial == null ? null : spatial[b]))
        .toList();
  }

  private double[][] logits(NDList returned, int batchSize) {
    Integer index = file.card().output().logits();
    if (index == null) {
      return null;
    }
    NDArray logits = element(returned, "logits", index);
    Shape shape = logits.getShape();
    if (shape.dimension() != 2 || shape.get(0) != batchSize || !isOfPrecision(logits)) {
      throw wrongOutput(
          "gives %s logits of shape %s for %d image(s)"
              .formatted(logits.getDataType(), shape, batchSize),
          "output.logits in its card must name an element of the module's precision and of shape"
              + " (N, classes); remove it where there is none.");
    }
    return cut(logits, batchSize);
  }

  private double[][] spatial(NDList returned, int batchSize) {
    Integer index = file.card().output().spatial();
    if (index == null) {
      return null;
    }
    NDArray layer = element(returned, "spatial", index);
    Shape shape = layer.getShape();
    int rank = shape.dimension();
    if ((rank != 2 && rank != 4) || shape.get(0) != batchSize || !isOfPrecision(layer)) {
      throw wrongOutput(
          "gives a %s spatial layer of shape %s for %d image(s)"
              .formatted(layer.getDataType(), shape, batchSize),
          "output.spatial in its card must name an element of the module's precision and of shape"
              + " (N, D) or (N, C, h, w); remove it where there is none.");
    }
    if (shape.size() / batchSize > MOST_SPATIAL) {
      throw wrongOutput(
          "gives a spatial layer of shape %s, which is %,d numbers an image"
              .formatted(shape, shape.size() / batchSize),
          "Keep at most %,d: let the module return some of its channels, as FID's tools take 7."
              .formatted(MOST_SPATIAL));
    }
    // Position by position, as TensorFlow's tools order their published statistics.
    return cut(
        rank == 2 ? layer : layer.transpose(0, 2, 3, 1).reshape(shape.get(0), -1), batchSize);
  }

  private NDArray element(NDList returned, String field, int index) {
    if (index >= returned.size()) {
      throw wrongOutput(
          "returns %d tensor(s), but its card has output.%s %d"
              .formatted(returned.size(), field, index),
          "Correct the card.");
    }
    return returned.get(index);
  }

  private boolean isOfPrecision(NDArray array) {
    return array.getDataType() == precision().type();
  }

  private NDList forward(NDArray pixels, boolean withGradient) {
    // Not Block.forward(training = true): that would put batch normalisation into training mode.
    return IValueUtils.forward(block, new NDList(pixels), withGradient);
  }

  /** Whether the module runs on pixels of a precision, whatever its card says. */
  boolean takes(Precision precision, double[] pixels, Shape shape) {
    try (NDManager manager = newManager()) {
      forward(precision.create(manager, pixels, shape), false);
      return true;
    } catch (EngineException e) {
      return false;
    }
  }

  private NDArray pool(NDArray raw, ModelCard.Pooling pooling) {
    int rank = raw.getShape().dimension();
    DataType wanted = precision().type();
    if (!isOfPrecision(raw)) {
      throw wrongOutput(
          "gives %s features for %s pixels".formatted(raw.getDataType(), wanted),
          "Set precision in its card to the type of its weights (float32 or float64), or export it"
              + " so that its output has the type of its input.");
    }
    boolean pooled = pooling != ModelCard.Pooling.NONE;
    if (pooled ? rank != 3 && rank != 4 : rank != 2) {
      throw wrongOutput(
          "gives features of shape " + raw.getShape() + " (rank " + rank + ")",
          pooled
              ? "A card with output.pooling is for rank 3 or 4; remove it for rank 2."
              : "Features of rank 2 need no more; for rank 3 or 4 add output.pooling (mean, max,"
                  + " first or flatten) to the card.");
    }
    if (!pooled) {
      return raw;
    }
    // Tokens are (N, T, C) and maps (N, C, h, w): positions are axis 1, or axes 2 and 3 as one.
    NDArray cells = rank == 3 ? raw : raw.reshape(raw.getShape().get(0), raw.getShape().get(1), -1);
    int[] positions = {rank == 3 ? 1 : 2};
    return switch (pooling) {
      case MEAN -> cells.mean(positions);
      case MAX -> cells.max(positions);
      case FLATTEN -> raw.reshape(raw.getShape().get(0), -1);
      case FIRST -> {
        if (rank != 3) {
          throw wrongOutput(
              "gives features of shape " + raw.getShape(),
              "output.pooling 'first' takes the first token of rank 3; use mean or max here.");
        }
        yield raw.get(":, 0");
      }
      case NONE -> throw new IllegalStateException("handled above");
    };
  }

  /** d/da of the squared L2 distance between M(a) and M(x); each image's part is its own. */
  NDArray distanceGradient(NDArray a, NDArray fixed, NDManager iteration) {
    a.attach(iteration);
    return PyTorch.gradient(a, () -> features(a, true).sub(fixed).square().sum());
  }

  /** A batch's features, (batch, D), as the card says. */
  double[][] rows(NDArray features, int batchSize) {
    int dimension = file.card().output().dimension();
    Shape expected = new Shape(batchSize, dimension);
    if (!features.getShape().equals(expected)) {
      throw wrongOutput(
          "gives features of shape "
              + features.getShape()
              + " for "
              + batchSize
              + " image(s) instead of "
              + expected,
          "Correct output.dimension in its card; a traced module must take any batch size.");
    }
    return cut(features, batchSize);
  }

  /** A row an image. */
  private double[][] cut(NDArray values, int batchSize) {
    double[] flat = precision().values(values);
    int dimension = flat.length / batchSize;
    double[][] rows = new double[batchSize][];
    for (int b = 0; b < batchSize; b++) {
      rows[b] = Arrays.copyOfRange(flat, b * dimension, (b + 1) * dimension);
    }
    return rows;
  }

  /** Rows of features (batch, D) as an array again, without loss. */
  NDArray create(NDManager scope, double[][] rows) {
    double[] flat = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    return precision().create(scope, flat, new Shape(rows.length, rows[0].length));
  }

  UserException wrongOutput(String what, String remedy) {
    return new UserException(
        "The feature model " + file.card().name() + " " + what + ". " + remedy);
  }

  /** Gives the model back; it stays loaded for the next task. */
  @Override
  public void close() {
    synchronized (LOADED) {
      users--;
    }
  }
}
