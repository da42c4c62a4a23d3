package org.anomalyscore.training;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.util.SplittableRandom;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineFault;
import org.anomalyscore.measure.PyTorch;
import org.anomalyscore.storage.UserException;
import org.apache.spark.TaskContext;

/**
 * A network that was trained inside one task, on the device of the task.
 *
 * <p>On one type of CPU a seed gives the same bits: all that is random is drawn here, and kernels
 * add up in one order while the number of threads is one.
 */
public final class TrainedNetwork implements AutoCloseable {

  private static final int BATCH = 16;

  private static final double RATE = 2e-3;

  private static final double DECAY = 0.05;

  private final NDManager manager;
  private final TrainingSettings settings;
  private final int size;
  private final int classes;
  private final int[] lengths;
  private float[] weights;
  private int epochs;

  private TrainedNetwork(NDManager manager, TrainingSettings settings, int size, int classes) {
    this.manager = manager;
    this.settings = settings;
    this.size = size;
    this.classes = classes;
    try (NDManager first = manager.newSubManager()) {
      WeightSource.Drawn drawn = new WeightSource.Drawn(first, settings.seed());
      settings.network().logits(first.zeros(new Shape(1, 3, size, size)), drawn, classes);
      lengths = drawn.lengths();
      weights = drawn.all();
    }
  }

  /**
   * Trains a network in the running task, until its loss on the validation part does not fall any
   * more, and takes it as it was when that was lowest.
   *
   * @param train what it learns from, every class as often
   * @param validation what tells when to stop
   */
  public static TrainedNetwork train(
      Devices devices,
      TrainingSettings settings,
      int classes,
      LabelledImages train,
      LabelledImages validation) {
    TrainedNetwork network = untrained(devices, settings, classes, train.size());
    try {
      network.fit(train, validation);
      return network;
    } catch (RuntimeException e) {
      network.close();
      if (EngineFault.isWantOfMemory(e)) {
        throw new UserException(
            "There is too little memory to train a network on images of %d x %d pixels. PyTorch says: %s Give a smaller --image-size, or let fewer tasks share a machine or GPU."
                .formatted(train.size(), train.size(), EngineFault.said(e)),
            e);
      }
      throw e;
    }
  }

  /** A network as it is before its training. */
  static TrainedNetwork untrained(
      Devices devices, TrainingSettings settings, int classes, int size) {
    Device device = devices.openForTask(TaskContext.get());
    // Both settings belong to the calling thread in libtorch.
    JniUtils.setNumThreads(settings.threads());
    JniUtils.setGradMode(false);
    NDManager manager = NDManager.newBaseManager(device, "PyTorch");
    try {
      return new TrainedNetwork(manager, settings, size, classes);
    } catch (RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /** How many numbers it has learnt. */
  public int weights() {
    return weights.length;
  }

  /** Passes through the training part after which its validation loss was lowest. */
  public int epochs() {
    return epochs;
  }

  private void fit(LabelledImages train, LabelledImages validation) {
    SplittableRandom random = new SplittableRandom(settings.seed()).split();
    Augmentation augmentation = new Augmentation(size, random);
    AdamW optimiser = new AdamW(weights.length, DECAY);
    float[] current = weights.clone();
    double best = Double.POSITIVE_INFINITY;
    for (int epoch = 1;
        epoch <= settings.maxEpochs() && epoch - epochs <= settings.patience();
        epoch++) {
      int[] order = shuffled(train.count(), random);
      double rate = rate(epoch);
      for (int from = 0; from < order.length; from += BATCH) {
        TaskContext.get().killTaskIfInterrupted();
        int n = Math.min(BATCH, order.length - from);
        float[] pixels = new float[n * 3 * size * size];
        int[] labels = new int[n];
        for (int i = 0; i < n; i++) {
          int image = order[from + i];
          labels[i] = train.labels()[image];
          augmentation.write(train.images().get(image), pixels, i * 3 * size * size);
        }
        optimiser.step(current, requireFinite(gradient(current, pixels, labels)), rate);
      }
      double loss = loss(logits(current, validation), validation.labels());
      if (loss < best) {
        best = loss;
        epochs = epoch;
        weights = current.clone();
      }
    }
    if (epochs == 0) {
      throw new IllegalStateException("The loss of a training was never a number");
    }
  }

  /** A training that went on from something else would end early and look like any other. */
  private static float[] requireFinite(float[] gradient) {
    for (float each : gradient) {
      if (!Float.isFinite(each)) {
        throw new IllegalStateException("A gradient of a training is not finite");
      }
    }
    return gradient;
  }

  /** Falls from the whole rate to none along half a cosine. */
  private double rate(int epoch) {
    return RATE * 0.5 * (1 + Math.cos(Math.PI * (epoch - 1) / settings.maxEpochs()));
  }

  private static int[] shuffled(int n, SplittableRandom random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Of the mean cross-entropy of a batch. */
  float[] gradient(float[] at, float[] pixels, int[] labels) {
    try (NDManager step = manager.newSubManager()) {
      NDArray all = step.create(at);
      NDArray answers = step.create(oneHot(labels), new Shape(labels.length, classes));
      NDArray x = step.create(pixels, new Shape(labels.length, 3, size, size));
      NDArray gradient =
          PyTorch.gradient(
              all,
              () ->
                  settings
                      .network()
                      .logits(x, new WeightSource.Given(all, lengths), classes)
                      .logSoftmax(1)
                      .mul(answers)
                      .sum()
                      .div(step.create(-labels.length)));
      return gradient.toFloatArray();
    }
  }

  private float[] oneHot(int[] labels) {
    float[] answers = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      answers[i * classes + labels[i]] = 1;
    }
    return answers;
  }

  /** What speaks for each class, of each image. */
  public double[][] logits(LabelledImages images) {
    return logits(weights, images);
  }

  double[][] logits(float[] at, LabelledImages images) {
    double[][] logits = new double[images.count()][classes];
    for (int from = 0; from < logits.length; from += BATCH) {
      int n = Math.min(BATCH, logits.length - from);
      float[] pixels = new float[n * 3 * size * size];
      for (int i = 0; i < n; i++) {
        float[] image = images.images().get(from + i);
        System.arraycopy(image, 0, pixels, i * image.length, image.length);
      }
      try (NDManager step = manager.newSubManager()) {
        NDArray x = step.create(pixels, new Shape(n, 3, size, size));
        WeightSource given = new WeightSource.Given(step.create(at), lengths);
        NDArray found = settings.network().logits(x, given, classes);
        float[] values = found.toFloatArray();
        for (int i = 0; i < values.length; i++) {
          logits[from + i / classes][i % classes] = values[i];
        }
      }
    }
    return logits;
  }

  /** The mean cross-entropy. */
  private static double loss(double[][] logits, int[] labels) {
    double sum = 0;
    for (int i = 0; i < labels.length; i++) {
      sum += Softmax.loss(logits[i], labels[i]);
    }
    return sum / labels.length;
  }

  @Override
  public void close() {
    manager.close();
  }
}
