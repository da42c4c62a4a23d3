package org.anomalyscore.training;

import java.util.List;

/**
 * Square images with the classes that they are of.
 *
 * @param size side in pixels
 * @param images {@code 3 * size * size} values each: planes of red, green and blue, row by row; may
 *     be made anew whenever one is asked for, so that a set needs no memory of floats
 * @param labels of the images, from 0
 */
// The arrays are the content, and sets of images are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
public record LabelledImages(int size, List<float[]> images, int[] labels) {

  /**
   * @throws IllegalArgumentException if there are not as many labels as images
   */
  public LabelledImages {
    if (images.size() != labels.length) {
      throw new IllegalArgumentException(images.size() + " images, " + labels.length + " labels");
    }
  }

  int count() {
    return labels.length;
  }
}
