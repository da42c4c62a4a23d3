package org.anomalyscore.demo;

import java.awt.image.BufferedImage;

/** The 0xAARRGGBB pixels of an image, row by row. */
final class Pixels {

  private Pixels() {}

  static int[] of(BufferedImage image) {
    int width = image.getWidth();
    return image.getRGB(0, 0, width, image.getHeight(), null, 0, width);
  }

  /** An image whose pixels all have one grey level. */
  static BufferedImage grey(int size, int level) {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        image.setRGB(x, y, (level << 16) | (level << 8) | level);
      }
    }
    return image;
  }
}
