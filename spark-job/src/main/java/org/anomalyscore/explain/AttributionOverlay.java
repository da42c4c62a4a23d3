package org.anomalyscore.explain;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.anomalyscore.pixels.RgbImage;

/**
 * A picture of an attribution: on the left the image, on the right its grey form under a heat map.
 * Red super-pixels have positive coefficients, blue ones negative, each the stronger the larger
 * against the largest of the image; white lines part them.
 */
public final class AttributionOverlay {

  /** Smaller images are drawn with several pixels for one, up to about this side. */
  private static final int LEAST_SIDE = 224;

  private static final int GAP = 8;

  private static final int WHITE = 0xffffff;
  private static final int[] POSITIVE = {215, 25, 28};
  private static final int[] NEGATIVE = {44, 82, 200};

  /** Full heat still lets the image through. */
  private static final double STRONGEST = 0.8;

  private AttributionOverlay() {}

  /**
   * Draws.
   *
   * @param image as the network sees it
   * @param pieces of this image
   * @param coefficients finite, one a super-pixel
   * @return the bytes of a PNG
   */
  public static byte[] png(RgbImage image, SuperPixels pieces, double[] coefficients) {
    int scale = Math.max(1, (LEAST_SIDE + image.width() - 1) / image.width());
    int width = image.width() * scale;
    int height = image.height() * scale;
    BufferedImage picture = new BufferedImage(2 * width + GAP, height, BufferedImage.TYPE_INT_RGB);
    double largest = 0;
    for (double coefficient : coefficients) {
      largest = Math.max(largest, Math.abs(coefficient));
    }
    for (int y = 0; y < height; y++) {
      for (int x = width; x < width + GAP; x++) {
        picture.setRGB(x, y, WHITE);
      }
      for (int x = 0; x < width; x++) {
        int pixel = y / scale * image.width() + x / scale;
        picture.setRGB(x, y, colour(image, pixel));
        int piece = pieces.labels()[pixel];
        double heat = largest == 0 ? 0 : coefficients[piece] / largest;
        picture.setRGB(
            width + GAP + x, y, isBorder(pieces, x, y, scale) ? WHITE : heated(image, pixel, heat));
      }
    }
    return encoded(picture);
  }

  private static int colour(RgbImage image, int pixel) {
    byte[] rgb = image.rgb();
    int i = 3 * pixel;
    return (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | (rgb[i + 2] & 0xff);
  }

  /** True in the last row or column of a super-pixel, one drawn pixel wide. */
  private static boolean isBorder(SuperPixels pieces, int x, int y, int scale) {
    int column = x / scale;
    int row = y / scale;
    int here = pieces.labels()[row * pieces.width() + column];
    boolean right =
        (x + 1) % scale == 0
            && column + 1 < pieces.width()
            && pieces.labels()[row * pieces.width() + column + 1] != here;
    boolean below =
        (y + 1) % scale == 0
            && row + 1 < pieces.height()
            && pieces.labels()[(row + 1) * pieces.width() + column] != here;
    return right || below;
  }

  /**
   * Grey, mixed with the colour of its heat.
   *
   * @param heat from -1 to 1
   */
  private static int heated(RgbImage image, int pixel, double heat) {
    int rgb = colour(image, pixel);
    // Luma of ITU-R BT.601.
    double grey = 0.299 * (rgb >> 16) + 0.587 * (rgb >> 8 & 0xff) + 0.114 * (rgb & 0xff);
    int[] tint = heat < 0 ? NEGATIVE : POSITIVE;
    double share = STRONGEST * Math.abs(heat);
    int mixed = 0;
    for (int band = 0; band < 3; band++) {
      mixed = mixed << 8 | (int) Math.round((1 - share) * grey + share * tint[band]);
    }
    return mixed;
  }

  private static byte[] encoded(BufferedImage picture) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(picture, "png", out)) {
        throw new IllegalStateException("The JDK writes PNG");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Memory cannot be written to", e);
    }
    return bytes.toByteArray();
  }
}
