package org.anomalyscore.classify;

import java.io.Serializable;
import java.util.List;
import org.anomalyscore.classify.ClassificationTask.Source;

/**
 * Decoded images of some data sets at one size, which all tasks get.
 *
 * @param size side in pixels
 * @param levels of set i image j: 0 to 255, red, green and blue of each pixel in turn, row by row
 */
// The array is the content, and sets of images are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
record PixelSets(int size, byte[][][] levels) implements Serializable {

  /** An image's planes of red, green and blue, row by row, from 0 to 1. */
  float[] planes(Source source) {
    byte[] image = levels[source.set()][(int) source.rank()];
    int plane = size * size;
    float[] planes = new float[image.length];
    for (int i = 0; i < image.length; i++) {
      planes[i % 3 * plane + i / 3] = (image[i] & 0xff) / 255f;
    }
    return planes;
  }

  /** How many images each set has. */
  List<Long> counts() {
    return java.util.Arrays.stream(levels).map(set -> (long) set.length).toList();
  }
}
