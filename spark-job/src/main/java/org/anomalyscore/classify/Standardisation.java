package org.anomalyscore.classify;

import java.util.List;

/**
 * Takes the mean of the training set from each colour, and divides by its standard deviation.
 *
 * @param mean of red, green and blue
 * @param deviation of red, green and blue; 1 where it is 0
 */
// The arrays are the content, and scales are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
record Standardisation(double[] mean, double[] deviation) {

  /** That of these images. */
  static Standardisation of(List<float[]> images) {
    double[] mean = new double[3];
    double[] deviation = new double[3];
    double n = images.size() * (images.get(0).length / 3.0);
    for (float[] image : images) {
      int plane = image.length / 3;
      for (int i = 0; i < image.length; i++) {
        mean[i / plane] += image[i] / n;
      }
    }
    for (float[] image : images) {
      int plane = image.length / 3;
      for (int i = 0; i < image.length; i++) {
        deviation[i / plane] += Math.pow(image[i] - mean[i / plane], 2) / n;
      }
    }
    for (int colour = 0; colour < 3; colour++) {
      double root = Math.sqrt(deviation[colour]);
      deviation[colour] = root == 0 ? 1 : root;
    }
    return new Standardisation(mean, deviation);
  }

  /** Changes an image in its place, and gives it back. */
  float[] applied(float[] image) {
    int plane = image.length / 3;
    for (int i = 0; i < image.length; i++) {
      image[i] = (float) ((image[i] - mean[i / plane]) / deviation[i / plane]);
    }
    return image;
  }
}
