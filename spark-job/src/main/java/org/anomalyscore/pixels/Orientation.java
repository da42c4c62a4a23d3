package org.anomalyscore.pixels;

/** The eight ways in which rows and columns of a TIFF page can lie (TIFF 6.0, tag 274). */
final class Orientation {
  private Orientation() {}

  /**
   * The picture as it is to be seen.
   *
   * @param orientation 1..8; anything else changes nothing
   */
  static RgbImage upright(RgbImage image, int orientation) {
    if (orientation < 2 || orientation > 8) {
      return image;
    }
    boolean swapped = orientation >= 5;
    boolean mirrored = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
    boolean upsideDown =
        orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
    int width = swapped ? image.height() : image.width();
    int height = swapped ? image.width() : image.height();
    byte[] from = image.rgb();
    byte[] rgb = new byte[from.length];
    for (int y = 0, to = 0; y < height; y++) {
      for (int x = 0; x < width; x++, to += 3) {
        int column = swapped ? y : x;
        int row = swapped ? x : y;
        column = mirrored ? image.width() - 1 - column : column;
        row = upsideDown ? image.height() - 1 - row : row;
        System.arraycopy(from, 3 * (row * image.width() + column), rgb, to, 3);
      }
    }
    return new RgbImage(width, height, rgb);
  }
}
