package org.anomalyscore.demo;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import java.io.IOException;
import java.nio.file.Path;

/** A module under test, called through DJL without any code of the job. */
final class TorchScript implements AutoCloseable {

  private final ZooModel<NDList, NDList> model;
  private final ParameterStore parameters;
  private final DataType type;

  private TorchScript(ZooModel<NDList, NDList> model, DataType type) {
    this.model = model;
    this.type = type;
    this.parameters = new ParameterStore(model.getNDManager(), false);
  }

  /**
   * @param type of the pixels that the module takes
   */
  static TorchScript load(Path file, DataType type)
      throws IOException, ModelNotFoundException, MalformedModelException {
    System.setProperty("ai.djl.offline", "true");
    ZooModel<NDList, NDList> model =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optModelPath(file)
            .optEngine("PyTorch")
            .optOption("trainParam", "true")
            .build()
            .loadModel();
    model.getBlock().freezeParameters(true);
    return new TorchScript(model, type);
  }

  /** Features of square RGB images, [batch, dimension] in row-major order. */
  double[] features(double[] pixels, int batch) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      return forward(input(manager, pixels, batch)).toType(DataType.FLOAT64, false).toDoubleArray();
    }
  }

  /** The gradient of the sum of the squared features with respect to the pixels. */
  double[] gradient(double[] pixels, int batch) {
    try (NDManager manager = model.getNDManager().newSubManager()) {
      NDArray input = input(manager, pixels, batch);
      input.setRequiresGradient(true);
      try (GradientCollector collector = Engine.getInstance().newGradientCollector()) {
        collector.backward(forward(input).square().sum());
      }
      return input.getGradient().toType(DataType.FLOAT64, false).toDoubleArray();
    }
  }

  private NDArray forward(NDArray input) {
    // True keeps the gradient, and never switches the module out of the mode that it was saved in:
    // DJL only acts when this value changes, and it begins as true.
    return model.getBlock().forward(parameters, new NDList(input), true).head();
  }

  private NDArray input(NDManager manager, double[] pixels, int batch) {
    long size = Math.round(Math.sqrt(pixels.length / (3.0 * batch)));
    return manager.create(pixels, new Shape(batch, 3, size, size)).toType(type, false);
  }

  /** The largest absolute difference over the largest wanted value. */
  static double relativeDifference(double[] actual, double[] wanted) {
    assertTrue(actual.length == wanted.length, actual.length + " features, not " + wanted.length);
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < wanted.length; i++) {
      difference = Math.max(difference, Math.abs(actual[i] - wanted[i]));
      largest = Math.max(largest, Math.abs(wanted[i]));
    }
    return difference / largest;
  }

  /** Finite everywhere, and not zero almost everywhere. */
  static void assertUsable(double[] gradient) {
    int zeros = 0;
    for (double value : gradient) {
      assertTrue(Double.isFinite(value), "a gradient is " + value);
      zeros += value == 0 ? 1 : 0;
    }
    assertTrue(zeros < gradient.length / 2, zeros + " of " + gradient.length + " are zero");
  }

  @Override
  public void close() {
    model.close();
  }
}
