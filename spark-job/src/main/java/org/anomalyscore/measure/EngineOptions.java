package org.anomalyscore.measure;

import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.storage.UserException;

/**
 * What a user chooses of the {@link ScoreEngine engine}.
 *
 * @param model the feature model's file: a local path, or a URI of any file system that Hadoop
 *     knows
 * @param batchSize images a network call, at least 1; null for what fits the model's input
 * @param device where tasks compute
 * @param maxPixels images with more are rejected undecoded, at least 1
 */
public record EngineOptions(String model, Integer batchSize, Devices.Mode device, long maxPixels) {

  /** Pixels of the largest image that is decoded where nothing else is said. */
  public static final long MOST_PIXELS = ImageLoader.MOST_PIXELS;

  /** Refuses values that have no meaning. */
  public EngineOptions {
    if (batchSize != null && batchSize < 1) {
      throw new UserException("--batch-size is " + batchSize + ". Give 1 or more.");
    }
    if (maxPixels < 1) {
      throw new UserException("--max-pixels is " + maxPixels + ". Give 1 or more.");
    }
  }

  /** A model with everything else as it is by default. */
  public static EngineOptions of(String model) {
    return new EngineOptions(model, null, Devices.Mode.AUTO, MOST_PIXELS);
  }

  /** The same with another batch size; null for what fits the model's input. */
  public EngineOptions withBatchSize(Integer value) {
    return new EngineOptions(model, value, device, maxPixels);
  }
}
