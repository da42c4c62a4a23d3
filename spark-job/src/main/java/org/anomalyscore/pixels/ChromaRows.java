package org.anomalyscore.pixels;

import java.awt.image.Raster;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageReader;

/**
 * Rows of a JPEG component that has half as many as the image ("4:4:0"). libjpeg-turbo 2.1 and
 * newer, as in Pillow, interpolates them; libjpeg 6b, which many Java runtimes bundle, shows each
 * twice. All other ratios are treated alike by both.
 *
 * <p>Source: {@code h1v2_fancy_upsample} of libjpeg-turbo's {@code jdsample.c}.
 */
final class ChromaRows {
  /** 8 x 16 pixels in 4:4:0 whose Cb falls from top to bottom: what does this runtime do? */
  private static final byte[] PROBE =
      HexFormat.of()
          .parseHex(
              "ffd8ffdb004300"
                  + "01".repeat(64)
                  + "ffc00011080010000803011200021100031100"
                  + "ffc4001500010100000000000000000000000000000001"
                  + "ffc4001510010100000000000000000000000000000019"
                  + "ffda000c03010002000300003f0005901fffd9");

  private static final boolean RUNTIME_REPEATS = runtimeRepeats();

  private ChromaRows() {}

  private static boolean runtimeRepeats() {
    try {
      ImageReader reader = ImageFormat.JPEG.newReader();
      try {
        reader.setInput(new ByteArrayImageInput(PROBE, new DecodingTime()));
        Raster raster = reader.readRaster(0, null);
        boolean repeats = true;
        for (int y = 0; y < raster.getHeight(); y += 2) {
          repeats &= raster.getSample(0, y, 1) == raster.getSample(0, y + 1, 1);
        }
        return repeats;
      } finally {
        reader.dispose();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("This Java runtime's JPEG reader fails", e);
    }
  }

  /**
   * Interpolates, in place, the rows that the runtime only repeated.
   *
   * @param raw all components, interleaved
   * @param components as the frame header names them
   * @param width columns
   */
  static void interpolate(byte[] raw, List<JpegFile.Component> components, int width) {
    if (!RUNTIME_REPEATS) {
      return;
    }
    int most = components.stream().mapToInt(JpegFile.Component::vertical).max().orElse(1);
    int widest = components.stream().mapToInt(JpegFile.Component::horizontal).max().orElse(1);
    for (int c = 0; c < components.size(); c++) {
      JpegFile.Component component = components.get(c);
      if (component.horizontal() == widest && 2 * component.vertical() == most) {
        interpolate(raw, c, components.size(), width);
      }
    }
  }

  private static void interpolate(byte[] raw, int component, int stride, int width) {
    int rowBytes = stride * width;
    int height = raw.length / rowBytes;
    int[] above = row(raw, component, stride, width);
    int[] row = above;
    for (int y = 0; y < height; y += 2) {
      boolean last = y + 2 >= height;
      int[] below = last ? row : row(raw, (y + 2) * rowBytes + component, stride, width);
      for (int x = 0, at = y * rowBytes + component; x < width; x++, at += stride) {
        raw[at] = (byte) ((3 * row[x] + above[x] + 1) >> 2);
        if (y + 1 < height) {
          raw[at + rowBytes] = (byte) ((3 * row[x] + below[x] + 2) >> 2);
        }
      }
      above = row;
      row = below;
    }
  }

  private static int[] row(byte[] raw, int from, int stride, int width) {
    int[] row = new int[width];
    for (int x = 0; x < width; x++) {
      row[x] = raw[from + x * stride] & 0xff;
    }
    return row;
  }
}
