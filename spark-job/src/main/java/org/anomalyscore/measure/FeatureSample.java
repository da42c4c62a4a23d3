package org.anomalyscore.measure;

import java.io.Serializable;

/**
 * Which images' feature vectors are kept. Whether an image is in the sample depends on its content
 * and the seed alone, so the sample is the same on any partitioning, and a larger fraction's sample
 * holds a smaller one's.
 *
 * @param fraction of the images whose features are kept, in [0, 1]
 * @param seed of the run
 */
public record FeatureSample(double fraction, long seed) implements Serializable {

  /** True where no image is in the sample. */
  public boolean isEmpty() {
    return fraction == 0;
  }

  /** True for an image of the sample: value 0 of its stream {@code feature-sample} is below. */
  public boolean holds(String imageId) {
    return fraction >= 1
        || (fraction > 0
            && new NoiseStream(NoiseStream.Purpose.FEATURE_SAMPLE, seed, imageId).uniform(0)
                < fraction);
  }
}
