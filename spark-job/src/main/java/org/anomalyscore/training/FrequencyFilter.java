package org.anomalyscore.training;

import org.jtransforms.fft.DoubleFFT_2D;

/**
 * Parts an image by spatial frequency: the low-pass image is made of all waves of its discrete
 * Fourier transform with up to {@code cutOff} cycles a pixel, in any direction, and the high-pass
 * image of all others, so that the two add up to the image. The border is sharp, as in Wang et al.
 * 2020 (arXiv:1905.13545), so that what one of them is told by cannot lie in the other.
 *
 * <p>The transform takes the image as one tile of an endless pattern: where its opposite sides
 * differ, waves of all frequencies are at its border.
 */
public final class FrequencyFilter {

  private final int size;
  private final boolean[] low;
  private final DoubleFFT_2D transform;

  /**
   * @param size side of the images in pixels
   * @param cutOff cycles a pixel; an image's finest wave along an axis has 0.5
   */
  public FrequencyFilter(int size, double cutOff) {
    this.size = size;
    this.low = new boolean[size * size];
    this.transform = new DoubleFFT_2D(size, size);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        low[y * size + x] = Math.hypot(frequency(y), frequency(x)) <= cutOff;
      }
    }
  }

  /** Cycles a pixel of a place of the transform. */
  private double frequency(int place) {
    return (double) Math.min(place, size - place) / size;
  }

  /**
   * The image's low frequencies.
   *
   * @param image planes of {@code size * size} values, row by row
   */
  public float[] lowPass(float[] image) {
    float[] passed = new float[image.length];
    int plane = size * size;
    // Numbers of a plane in complex form: real and imaginary parts in turn.
    double[] waves = new double[2 * plane];
    for (int from = 0; from < image.length; from += plane) {
      for (int i = 0; i < plane; i++) {
        waves[2 * i] = image[from + i];
        waves[2 * i + 1] = 0;
      }
      transform.complexForward(waves);
      for (int i = 0; i < plane; i++) {
        if (!low[i]) {
          waves[2 * i] = 0;
          waves[2 * i + 1] = 0;
        }
      }
      transform.complexInverse(waves, true);
      for (int i = 0; i < plane; i++) {
        passed[from + i] = (float) waves[2 * i];
      }
    }
    return passed;
  }

  /** All but the image's low frequencies. */
  public float[] highPass(float[] image) {
    float[] passed = lowPass(image);
    for (int i = 0; i < passed.length; i++) {
      passed[i] = image[i] - passed[i];
    }
    return passed;
  }
}
