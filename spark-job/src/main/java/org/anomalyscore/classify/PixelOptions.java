package org.anomalyscore.classify;

import java.util.List;
import org.anomalyscore.command.Positive;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.training.PixelNetwork;

/**
 * How networks are trained on pixels.
 *
 * @param inputs what they see, at least one, none of them features
 * @param network what is trained
 * @param size side in pixels to which images are resized
 * @param cutOff cycles a pixel up to which low-pass images reach
 * @param trainSizes images of each class in training sets smaller than all that there are
 * @param epochs passes through a training set at most
 * @param device where tasks compute
 * @param maxPixels images with more are left out undecoded, at least 1
 */
record PixelOptions(
    List<ImageInput> inputs,
    PixelNetwork network,
    int size,
    double cutOff,
    List<Integer> trainSizes,
    int epochs,
    Devices.Mode device,
    long maxPixels) {

  /** The network halves the sides twice. */
  private static final int LEAST_SIZE = 16;

  /** A training set of fewer has next to nothing to stop by. */
  private static final int LEAST_TRAIN = 5;

  /**
   * @throws UserException for a number that has no meaning
   */
  PixelOptions {
    inputs = List.copyOf(inputs);
    trainSizes = List.copyOf(trainSizes);
    if (size < LEAST_SIZE || size % 4 != 0) {
      throw new UserException(
          "--image-size is " + size + ". Give a multiple of 4, " + LEAST_SIZE + " or more.");
    }
    if (!(cutOff > 0 && cutOff < 0.5)) {
      throw new UserException(
          "--cut-off is "
              + cutOff
              + " cycles a pixel. Give more than 0 and less than 0.5, the finest wave that pixels"
              + " can show.");
    }
    for (int n : trainSizes) {
      if (n < LEAST_TRAIN) {
        throw new UserException(
            "--train-sizes has " + n + ". Give " + LEAST_TRAIN + " images of each class or more.");
      }
    }
    Positive.require("--epochs", epochs);
  }
}
