package org.anomalyscore.pixels;

import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.IIOException;

/**
 * What the components of a JPEG file are, and their way to RGB: libjpeg's.
 *
 * <p>ImageIO decodes with libjpeg 6b, whose integer transform and chroma interpolation are those of
 * Pillow's libjpeg-turbo (but for {@link ChromaRows}), but has its own opinion about colours (it
 * applies ICC profiles, and takes a file without JFIF and Adobe segments for RGB). So only the raw
 * components are asked of it. The kind of colour is decided as in libjpeg's {@code
 * default_decompress_parms} ({@code jdapimin.c}), the conversion is that of {@code jdcolor.c}, and
 * CMYK is taken to be inverted, as Adobe's is and as Pillow always assumes.
 */
enum JpegColor {
  GREY(1),
  RGB(3),
  YCC(3),
  CMYK(4),
  YCCK(4);

  private static final int SCALE_BITS = 16;
  private static final int ONE_HALF = 1 << (SCALE_BITS - 1);

  private final int components;

  JpegColor(int components) {
    this.components = components;
  }

  /** What the components of a file are. */
  static JpegColor of(JpegFile file) throws IOException {
    int transform = file.adobeTransform();
    return switch (file.components().size()) {
      case 1 -> GREY;
      case 3 -> {
        if (file.isJfif()) {
          yield YCC;
        }
        if (transform >= 0) {
          yield transform == 0 ? RGB : YCC;
        }
        StringBuilder names = new StringBuilder();
        file.components().forEach(component -> names.append((char) component.name()));
        yield names.toString().equals("RGB") ? RGB : YCC;
      }
      case 4 -> transform > 0 ? YCCK : CMYK;
      default ->
          throw new IIOException("frame of %d components".formatted(file.components().size()));
    };
  }

  /** Turns the raw components of a file into RGB. */
  RgbImage toRgb(Raster raster, JpegFile file) throws IOException {
    if (raster.getNumBands() != components) {
      throw new IIOException(
          "%d components decoded where the header has %d"
              .formatted(raster.getNumBands(), components));
    }
    byte[] raw = RasterLevels.interleavedBytes(raster);
    ChromaRows.interpolate(raw, file.components(), raster.getWidth());
    int pixels = raster.getWidth() * raster.getHeight();
    byte[] rgb = this == RGB || this == YCC ? raw : new byte[3 * pixels];
    if (this == YCC || this == YCCK) {
      yccToRgb(raw, components, this == YCCK);
    }
    if (this == GREY) {
      for (int i = 0, to = 0; i < pixels; i++, to += 3) {
        rgb[to] = raw[i];
        rgb[to + 1] = raw[i];
        rgb[to + 2] = raw[i];
      }
    } else if (components == 4) {
      invertedCmykToRgb(raw, rgb);
    }
    return new RgbImage(raster.getWidth(), raster.getHeight(), rgb);
  }

  /** In place; {@code complement} gives CMY instead, as libjpeg does for YCCK. */
  private static void yccToRgb(byte[] levels, int stride, boolean complement) {
    int mask = complement ? 0xff : 0;
    for (int i = 0; i < levels.length; i += stride) {
      int y = levels[i] & 0xff;
      int cb = (levels[i + 1] & 0xff) - 128;
      int cr = (levels[i + 2] & 0xff) - 128;
      int red = y + scaled(fix(1.40200) * cr);
      int green = y + scaled(-fix(0.34414) * cb - fix(0.71414) * cr);
      int blue = y + scaled(fix(1.77200) * cb);
      levels[i] = (byte) (clip(red) ^ mask);
      levels[i + 1] = (byte) (clip(green) ^ mask);
      levels[i + 2] = (byte) (clip(blue) ^ mask);
    }
  }

  private static int scaled(int product) {
    return (product + ONE_HALF) >> SCALE_BITS;
  }

  private static int fix(double x) {
    return (int) (x * (1 << SCALE_BITS) + 0.5);
  }

  /** Pillow's {@code CMYK;I} unpacker followed by its {@code cmyk2rgb}. */
  private static void invertedCmykToRgb(byte[] inverted, byte[] rgb) {
    for (int from = 0, to = 0; from < inverted.length; from += 4, to += 3) {
      for (int c = 0; c < 3; c++) {
        rgb[to + c] = RasterLevels.withoutInk(~inverted[from + c], ~inverted[from + 3]);
      }
    }
  }

  private static int clip(int level) {
    return Math.min(Math.max(level, 0), 255);
  }
}
