package org.anomalyscore.demo;

import java.awt.image.BufferedImage;
import org.apache.commons.rng.UniformRandomProvider;

/** The known faults of the demo's simulated generators. Each gives a new image. */
final class Fault {

  private Fault() {}

  /**
   * Gaussian blur; the edge pixels are repeated outwards.
   *
   * @param sigma standard deviation in pixels, above 0
   */
  static BufferedImage blur(BufferedImage image, double sigma) {
    int radius = (int) Math.ceil(3 * sigma);
    double[] taps = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      taps[i + radius] = StrictMath.exp(-i * i / (2 * sigma * sigma));
      sum += taps[i + radius];
    }
    for (int i = 0; i < taps.length; i++) {
      taps[i] /= sum;
    }
    Planes planes = Planes.of(image);
    return planes.alongRows(taps).transposed().alongRows(taps).transposed().image();
  }

  /**
   * Halves the image by averaging and doubles it by a transposed convolution of kernel 3 and stride
   * 2. Even pixels get two overlapping taps, odd ones only one (Odena et al., Deconvolution and
   * Checkerboard Artifacts, Distill 2016); {@code unevenness} is by how much the sum of the two
   * exceeds that of the one, as a part of the image's brightness, along each axis.
   */
  static BufferedImage checkerboard(BufferedImage image, double unevenness) {
    Planes planes = Planes.of(image);
    return planes
        .halvedAndDoubled(unevenness)
        .transposed()
        .halvedAndDoubled(unevenness)
        .transposed()
        .image();
  }

  /** Puts square patches, an eighth of the image wide, over random places of it. */
  static BufferedImage displacePatches(
      BufferedImage image, int count, UniformRandomProvider random) {
    int side = image.getWidth() / 8;
    int places = image.getWidth() - side + 1;
    BufferedImage broken = new BufferedImage(image.getWidth(), image.getHeight(), image.getType());
    broken.setData(image.getData());
    for (int i = 0; i < count; i++) {
      int fromX = random.nextInt(places);
      int fromY = random.nextInt(places);
      int toX = random.nextInt(places);
      int toY = random.nextInt(places);
      int[] patch = image.getRGB(fromX, fromY, side, side, null, 0, side);
      broken.setRGB(toX, toY, side, side, patch, 0, side);
    }
    return broken;
  }
}
