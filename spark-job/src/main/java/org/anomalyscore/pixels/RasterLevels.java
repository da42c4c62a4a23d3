package org.anomalyscore.pixels;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;

/**
 * The stored samples of a decoded image as 8-bit RGB. Java 2D's own conversions are avoided: they
 * treat grey as linear light and apply profiles.
 */
final class RasterLevels {
  private RasterLevels() {}

  /**
   * All samples of an image.
   *
   * @param plainGrey whether the file holds grey and nothing else: of that Pillow cuts 16 bits off
   *     at 255, of anything else it keeps the high byte
   */
  static RgbImage toRgb(BufferedImage image, boolean plainGrey) {
    Raster raster = image.getRaster();
    ColorModel colors = image.getColorModel();
    if (colors instanceof IndexColorModel palette) {
      return toRgb(raster, colorsOf(palette));
    }
    byte[] rgb;
    if (colors.getColorSpace().getType() == ColorSpace.TYPE_CMYK) {
      rgb = ofCmyk(raster);
    } else if (raster.getNumBands() == 3 && isBytes(raster)) {
      rgb = interleavedBytes(raster);
    } else {
      rgb = ofSamples(raster, plainGrey);
    }
    return new RgbImage(raster.getWidth(), raster.getHeight(), rgb);
  }

  private static boolean isBytes(Raster raster) {
    return raster.getDataBuffer() instanceof DataBufferByte
        && raster.getSampleModel() instanceof PixelInterleavedSampleModel;
  }

  /** All bands, in order, without gaps; the raster's own array where it is like that already. */
  static byte[] interleavedBytes(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int length = Math.multiplyExact(Math.multiplyExact(width, height), bands);
    if (isBytes(raster)) {
      PixelInterleavedSampleModel model = (PixelInterleavedSampleModel) raster.getSampleModel();
      byte[] data = ((DataBufferByte) raster.getDataBuffer()).getData();
      boolean plain =
          data.length == length
              && raster.getDataBuffer().getOffset() == 0
              && raster.getSampleModelTranslateX() == 0
              && raster.getSampleModelTranslateY() == 0
              && model.getPixelStride() == bands
              && model.getScanlineStride() == width * bands;
      int[] offsets = model.getBandOffsets();
      for (int band = 0; band < bands; band++) {
        plain &= offsets[band] == band;
      }
      if (plain) {
        return data;
      }
    }
    byte[] levels = new byte[length];
    int[] row = new int[width * bands];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int sample : row) {
        levels[to++] = (byte) sample;
      }
    }
    return levels;
  }

  private static byte[] colorsOf(IndexColorModel palette) {
    byte[] colors = new byte[3 * palette.getMapSize()];
    for (int i = 0; i < palette.getMapSize(); i++) {
      colors[3 * i] = (byte) palette.getRed(i);
      colors[3 * i + 1] = (byte) palette.getGreen(i);
      colors[3 * i + 2] = (byte) palette.getBlue(i);
    }
    return colors;
  }

  /** Looks each sample of the first band up; what is not in the palette is black. */
  static RgbImage toRgb(Raster raster, byte[] colors) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int[] row = new int[width];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++, to += 3) {
        if (3 * row[x] < colors.length) {
          System.arraycopy(colors, 3 * row[x], rgb, to, 3);
        }
      }
    }
    return new RgbImage(width, height, rgb);
  }

  private static byte[] ofCmyk(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int bands = raster.getNumBands();
    int[] row = new int[width * bands];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int from = 0; from < row.length; from += bands, to += 3) {
        for (int c = 0; c < 3; c++) {
          rgb[to + c] = withoutInk(row[from + c], row[from + 3]);
        }
      }
    }
    return rgb;
  }

  /** Grey or RGB, with or without further bands, of any depth. */
  private static byte[] ofSamples(Raster raster, boolean plainGrey) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    int bands = raster.getNumBands();
    boolean grey = bands < 3;
    int[] depths = raster.getSampleModel().getSampleSize();
    int[] row = new int[width * bands];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int from = 0; from < row.length; from += bands, to += 3) {
        for (int c = 0; c < 3; c++) {
          int band = grey ? 0 : c;
          rgb[to + c] = (byte) level(row[from + band], depths[band], plainGrey);
        }
      }
    }
    return rgb;
  }

  /** As Pillow's unpackers and converters: see {@link ImageDecoder}. */
  private static int level(int sample, int depth, boolean plainGrey) {
    if (depth == 8) {
      return sample;
    }
    if (depth < 8) {
      return sample * 255 / ((1 << depth) - 1);
    }
    return plainGrey ? Math.min(sample, 255) : sample >> (depth - 8);
  }

  /**
   * Pillow's {@code cmyk2rgb} ({@code Convert.c}): the light that black leaves, less its share that
   * the ink takes, where a product over 255 is rounded by {@code MULDIV255}.
   */
  static byte withoutInk(int ink, int black) {
    int light = 255 - (black & 0xff);
    int product = (ink & 0xff) * light + 128;
    return (byte) Math.max(light - (((product >> 8) + product) >> 8), 0);
  }
}
