package org.anomalyscore.pixels;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import javax.imageio.IIOException;

/** Rows of a TIFF page's samples as 8-bit RGB: Pillow's unpackers and converters. */
final class TiffSamples {
  private final TiffLayout layout;
  private final ByteOrder order;
  private final byte[] palette;
  private int[] row = {};

  TiffSamples(TiffDirectory tags, TiffLayout layout) throws IOException {
    this.layout = layout;
    order = tags.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    palette =
        layout.meaning() == TiffLayout.Meaning.PALETTE
            ? highBytes(tags.values(TiffDirectory.COLOR_MAP))
            : null;
  }

  /** A TIFF colour map: all reds, all greens, all blues, 16 bits each. */
  private static byte[] highBytes(long[] map) throws IIOException {
    int size = map.length / 3;
    if (size == 0) {
      throw new IIOException("colour map of " + map.length + " values");
    }
    byte[] colors = new byte[3 * size];
    for (int i = 0; i < size; i++) {
      for (int c = 0; c < 3; c++) {
        colors[3 * i + c] = (byte) (map[c * size + i] >> 8);
      }
    }
    return colors;
  }

  /**
   * Converts a row.
   *
   * @param data the segment's bytes; of each sample's plane where the layout is planar
   * @param y row of the segment
   * @param rowPixels pixels of a row of the segment
   * @param columns how many of them are wanted, from the left
   * @param rgb where the levels go
   * @param to offset of the first
   */
  void toRgb(byte[][] data, int y, int rowPixels, int columns, byte[] rgb, int to) {
    int samples = layout.samples();
    if (layout.bits() == 8 && samples == 3 && !layout.planar()) {
      // COLOUR or YCC that is colour already.
      System.arraycopy(data[0], 3 * rowPixels * y, rgb, to, 3 * columns);
      return;
    }
    if (row.length < columns * samples) {
      row = new int[columns * samples];
    }
    if (layout.planar()) {
      for (int plane = 0; plane < samples; plane++) {
        read(data[plane], y, rowPixels, columns, plane, samples);
      }
    } else {
      read(data[0], y, rowPixels * samples, columns * samples, 0, 1);
    }
    for (int from = 0; from < columns * samples; from += samples, to += 3) {
      convert(from, rgb, to);
    }
  }

  /** Reads the first {@code count} samples of a row to every {@code stride}-th place. */
  private void read(byte[] data, int y, int rowSamples, int count, int place, int stride) {
    int bits = layout.bits();
    int begin = y * (int) (((long) rowSamples * bits + 7) / 8);
    ByteBuffer numbers = ByteBuffer.wrap(data).order(order);
    for (int i = 0; i < count; i++, place += stride) {
      row[place] =
          switch (bits) {
            case 8 -> data[begin + i] & 0xff;
            case 16 -> sixteen(numbers.getShort(begin + 2 * i));
            case 32 -> thirtyTwo(numbers, begin + 4 * i);
            default -> packed(data, begin, i, bits);
          };
    }
  }

  private int sixteen(short value) {
    return layout.format() == 2 ? value : value & 0xffff;
  }

  /** Pillow reads unsigned numbers as signed ones, and cuts what is behind the point off. */
  private int thirtyTwo(ByteBuffer numbers, int at) {
    return layout.format() == 3 ? (int) numbers.getFloat(at) : numbers.getInt(at);
  }

  /** Below a byte or across two: the high bits first, in either byte order. */
  private static int packed(byte[] data, int begin, int i, int bits) {
    int value = 0;
    for (long bit = (long) i * bits, end = bit + bits; bit < end; bit++) {
      int at = begin + (int) (bit >> 3);
      value = value << 1 | (data[at] >> (7 - (int) (bit & 7)) & 1);
    }
    return value;
  }

  private void convert(int from, byte[] rgb, int to) {
    switch (layout.meaning()) {
      case GREY -> fill(rgb, to, grey(row[from]));
      case WHITE -> fill(rgb, to, 255 - grey(row[from]));
      case PALETTE -> {
        // What is not in the colour map is black.
        if (3 * row[from] < palette.length) {
          System.arraycopy(palette, 3 * row[from], rgb, to, 3);
        }
      }
      case INK -> {
        for (int c = 0; c < 3; c++) {
          rgb[to + c] = RasterLevels.withoutInk(high(from + c), high(from + 3));
        }
      }
      case PREMULTIPLIED -> {
        int alpha = high(from + 3);
        for (int c = 0; c < 3; c++) {
          int level = high(from + c);
          rgb[to + c] = (byte) (alpha == 0 ? 0 : Math.min(level * 255 / alpha, 255));
        }
      }
      case COLOUR, YCC -> {
        for (int c = 0; c < 3; c++) {
          rgb[to + c] = (byte) high(from + c);
        }
      }
    }
  }

  private int high(int from) {
    return row[from] >> (layout.bits() - 8);
  }

  private int grey(int sample) {
    return layout.bits() < 8
        ? sample * 255 / ((1 << layout.bits()) - 1)
        : Math.min(Math.max(sample, 0), 255);
  }

  private static void fill(byte[] rgb, int to, int level) {
    rgb[to] = (byte) level;
    rgb[to + 1] = (byte) level;
    rgb[to + 2] = (byte) level;
  }
}
