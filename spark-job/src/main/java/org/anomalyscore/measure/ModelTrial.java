package org.anomalyscore.measure;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.storage.ContentHash;
import org.anomalyscore.storage.UserException;

/**
 * Tries a feature model on random images before any real one is read. Its features of an image must
 * depend on nothing but the image: not on its neighbours in the call, its place among them, the
 * number of images of the call, or on earlier calls. {@link TrialProcess} runs this in a process of
 * its own.
 */
public final class ModelTrial {

  /**
   * Relative to the length of a feature vector. Another place or number of images may add up in
   * another order, which moves float32 features by some 1e-6; the smallest faults seen, dropout of
   * one feature in a thousand, move them by 1e-2.
   */
  private static final double ROUNDING = 1e-4;

  private final FeatureModel model;
  private final ModelCard card;
  private final int batchSize;
  private final Random random = new Random(0);

  private ModelTrial(FeatureModel model, ModelCard card, int batchSize) {
    this.model = model;
    this.card = card;
    this.batchSize = batchSize;
  }

  /**
   * Tries a model on this machine's CPU.
   *
   * @param copy the TorchScript file
   * @param card its card, in a file
   * @param batchSize images of each call that the run will make
   * @throws UserException if it cannot be used
   */
  public static void run(Path copy, Path card, int batchSize) throws IOException {
    ModelFile file =
        new ModelFile(
            ContentHash.hex(copy),
            ModelCard.parse(Files.readString(card, StandardCharsets.UTF_8), card.toString()));
    int threads = Runtime.getRuntime().availableProcessors();
    try (ScorePredictor single =
        ScorePredictor.open(file, copy, Device.cpu(), ScoreParameters.PAPER, 1, threads)) {
      single.checkCard();
      try (FeatureModel model = FeatureModel.acquire(file, copy, Device.cpu())) {
        new ModelTrial(model, file.card(), Math.max(2, batchSize)).requireIndependence();
      }
    } catch (OutOfMemoryError e) {
      throw new UserException(
          "The feature model %s cannot be tried on a batch of %d images: they and their features do not fit into %d MiB of Java memory, which suffices for the input size that its card names (%s). Give a smaller --batch-size; a module that gives very many features does this too."
              .formatted(
                  file.card().name(),
                  batchSize,
                  Runtime.getRuntime().maxMemory() >> 20,
                  e.getMessage()));
    }
  }

  private void requireIndependence() {
    List<InputImage> images = images();
    try (ImageBatch batch = batch(images);
        ImageBatch again = batch(images)) {
      // All images: dropout may by chance leave one of them as it was.
      for (int i = 0; i < batchSize; i++) {
        requireEqual(
            batch,
            i,
            again,
            i,
            "gives an image other features at each call",
            "Dropout in training mode does this, and random numbers or a counter in the module.");
      }
      requireEqualInOtherCompany(batch, images);
      requireGradient(batch);
    }
  }

  private void requireEqualInOtherCompany(ImageBatch batch, List<InputImage> images) {
    List<InputImage> reversed = images();
    reversed.set(batchSize - 1, images.get(0));
    try (ImageBatch both = batch(reversed)) {
      if (difference(batch, 0, both, batchSize - 1) > ROUNDING) {
        List<InputImage> others = new ArrayList<>(reversed);
        Collections.reverse(others);
        try (ImageBatch neighbours = batch(others)) {
          requireEqual(
              batch,
              0,
              neighbours,
              0,
              "gives an image other features beside other images",
              "Batch normalisation in training mode does this.");
        }
        requireEqual(
            batch,
            0,
            both,
            batchSize - 1,
            "gives an image other features at another place of the batch",
            "Code that treats the images of a batch differently does this.");
      }
    }
    try (ImageBatch alone = new ImageBatch(model, card, 1, images.subList(0, 1))) {
      requireEqual(
          batch,
          0,
          alone,
          0,
          "gives an image other features in a call of one image than in a call of " + batchSize,
          "Code that depends on the number of images does this.");
    }
  }

  private void requireEqual(
      ImageBatch left, int i, ImageBatch right, int j, String what, String cause) {
    double difference = difference(left, i, right, j);
    if (difference > ROUNDING) {
      throw new UserException(
          "The feature model %s %s (by %.2g of their length), so that a score would not belong to the image alone. %s Call module.eval() before it is exported, and correct the module if that does not help."
              .formatted(card.name(), what, difference, cause));
    }
  }

  /** Of what is kept of two images, relative to its length. */
  private double difference(ImageBatch left, int i, ImageBatch right, int j) {
    NetworkOutput a = outputs(left).get(i);
    NetworkOutput b = outputs(right).get(j);
    double further =
        Math.max(difference(a.logits(), b.logits()), difference(a.spatial(), b.spatial()));
    return Math.max(difference(a.features(), b.features()), further);
  }

  private static double difference(double[] a, double[] b) {
    double difference = 0;
    double length = 0;
    for (int d = 0; a != null && d < a.length; d++) {
      // Features that are not finite make a reject of an image, not a fault of the model.
      if (Double.isFinite(a[d]) && Double.isFinite(b[d])) {
        difference += Math.pow(a[d] - b[d], 2);
        length += (Math.pow(a[d], 2) + Math.pow(b[d], 2)) / 2;
      }
    }
    return difference == 0 ? 0 : Math.sqrt(difference / length);
  }

  private List<NetworkOutput> outputs(ImageBatch batch) {
    try {
      return batch.outputs();
    } catch (EngineException | UnsupportedOperationException e) {
      throw EngineFault.of(
          card.name(),
          "runs on one image, but not on a batch of " + batchSize,
          e,
          "A module must take any batch size: export it with no size of a batch in its code (a"
              + " reshape to 1, for instance), and with a batch of 2 or more as the example.");
    }
  }

  /** On the whole batch, whose graph takes the most memory of all that a run does. */
  private void requireGradient(ImageBatch batch) {
    try (NDArray start = batch.noise(NoiseStream.Purpose.ATTACK_START, 0, 0)) {
      batch.attack(start, null, ScoreParameters.PAPER, Set.of(1));
    } catch (EngineException | UnsupportedOperationException e) {
      throw EngineFault.of(
          card.name(),
          "gives no gradient for a batch of " + batchSize + " images",
          e,
          "A module must take any batch size.");
    }
  }

  private ImageBatch batch(List<InputImage> images) {
    return new ImageBatch(model, card, batchSize, images);
  }

  /** Noise, each image of its own brightness and contrast, as training-mode statistics feel it. */
  private List<InputImage> images() {
    int size = card.input().size();
    List<InputImage> images = new ArrayList<>();
    for (int i = 0; i < batchSize; i++) {
      int low = random.nextInt(128);
      int range = 64 + random.nextInt(64);
      byte[] rgb = new byte[3 * size * size];
      for (int k = 0; k < rgb.length; k++) {
        rgb[k] = (byte) (low + random.nextInt(range));
      }
      images.add(
          new InputImage(
              ContentHash.hex(rgb), Preprocessing.toTensor(new RgbImage(size, size, rgb))));
    }
    return images;
  }
}
