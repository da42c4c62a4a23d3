package org.anomalyscore.measure;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Up to a batch of images in native memory, padded to the batch size, and what the network can be
 * asked of them. M(x) is computed once.
 */
final class ImageBatch implements AutoCloseable {

  private final FeatureModel model;
  private final ModelCard card;
  private final int batchSize;
  private final int elements;
  private final List<InputImage> inputs;
  private final NDManager manager;
  private final NDArray x;
  private List<NetworkOutput> outputs;
  private double[][] clean;
  private int passes;
  private long networkNanos;

  /**
   * @param inputs 1 to batch-size images
   */
  ImageBatch(FeatureModel model, ModelCard card, int batchSize, List<InputImage> inputs) {
    this.model = model;
    this.card = card;
    this.batchSize = batchSize;
    this.elements = 3 * card.input().size() * card.input().size();
    this.inputs = inputs;
    this.manager = model.newManager();
    this.x = create((input, pixels, offset) -> copy(input.pixels(), pixels, offset));
  }

  private void copy(double[] from, double[] to, int offset) {
    System.arraycopy(from, 0, to, offset, elements);
  }

  /** An array (batch, 3, S, S); padding repeats the first image's part. */
  private NDArray create(Fill fill) {
    double[] values = new double[batchSize * elements];
    for (int b = 0; b < batchSize; b++) {
      if (b < inputs.size()) {
        fill.write(inputs.get(b), values, b * elements);
      } else {
        System.arraycopy(values, 0, values, b * elements, elements);
      }
    }
    int size = card.input().size();
    return precision().create(manager, values, new Shape(batchSize, 3, size, size));
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

  /** How many images it has; what follows them in its arrays is padding. */
  int images() {
    return inputs.size();
  }

  /** What the network computes in. */
  Precision precision() {
    return model.precision();
  }

  /** M(x); (batch, D). */
  double[][] clean() {
    if (clean == null) {
      clean = outputs().stream().map(NetworkOutput::features).toArray(double[][]::new);
    }
    return clean;
  }

  /** M(x), and what else the card names of the same pass; one an image, padding included. */
  List<NetworkOutput> outputs() {
    if (outputs == null) {
      outputs = pass(pixels -> model.outputs(pixels, batchSize), () -> x.clip(0, 1));
    }
    return outputs;
  }

  /** M(clip(x + length · n, 0, 1)); (batch, D). */
  double[][] featuresAt(NDArray n, double length) {
    return pass(
        pixels -> model.rows(model.features(pixels, false), batchSize),
        () -> x.add(n.mul(precision().number(length))).clip(0, 1),
        n);
  }

  /**
   * @param pixels computed from x and {@code from}; freed with the scope
   */
  private <T> T pass(Function<NDArray, T> network, Supplier<NDArray> pixels, NDArray... from) {
    long begin = System.nanoTime();
    passes++;
    try (NDManager step = model.newManager()) {
      x.tempAttach(step);
      for (NDArray array : from) {
        array.tempAttach(step);
      }
      return network.apply(pixels.get());
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
  Map<Integer, double[][]> attack(NDArray u, NDArray mask, ScoreParameters p, Set<Integer> after) {
    Precision precision = precision();
    double[][] start = clean();
    long begin = System.nanoTime();
    int steps = Collections.max(after);
    Map<Integer, double[][]> attacked = new HashMap<>();
    try (NDManager scope = model.newManager()) {
      x.tempAttach(scope);
      u.tempAttach(scope);
      NDArray fixed = model.create(scope, start);
      NDArray low = scope.create(precision.number(0));
      NDArray high = scope.create(precision.number(1));
      if (p.attackBall() > 0) {
        low = x.sub(precision.number(p.attackBall())).maximum(low);
        high = x.add(precision.number(p.attackBall())).minimum(high);
      }
      Number step = precision.number(p.ascends() ? p.attackStep() : -p.attackStep());
      NDArray first = u.mul(precision.number(p.attackStart()));
      NDArray a = x.add(mask == null ? first : first.mul(mask)).clip(0, 1);
      a.attach(scope);
      for (int j = 1; j <= steps; j++) {
        try (NDManager iteration = model.newManager()) {
          NDArray gradient = model.distanceGradient(a, fixed, iteration);
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
            attacked.put(j, model.rows(model.features(a, false), batchSize));
          }
        }
      }
      return attacked;
    } finally {
      networkNanos += System.nanoTime() - begin;
    }
  }

  /** Passes of the batch through the network so far; a gradient is two, forward and backward. */
  int passes() {
    return passes;
  }

  /** Nanoseconds inside the network so far, forward and backward. */
  long networkNanos() {
    return networkNanos;
  }

  @Override
  public void close() {
    manager.close();
  }

  /** Writes one image's part of an array. */
  private interface Fill {
    void write(InputImage input, double[] values, int offset);
  }
}
