package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import javax.imageio.IIOException;

/**
 * What of BMP files the JDK's reader shows otherwise than Pillow, or Pillow refuses: kinds of its
 * own, and run-length codes that stray from the rows or end before the last one, whose missing
 * pixels it leaves in the first colour.
 *
 * <p>Source: Microsoft, "Bitmap Storage"; Pillow's {@code BmpImagePlugin}.
 */
final class BmpFile {
  private static final int FILE_HEADER = 14;
  private static final int OS2_HEADER = 12;
  private static final int RUNS_OF_BYTES = 1;
  private static final int RUNS_OF_NIBBLES = 2;
  private static final int MASKS = 3;

  /** Red, green, blue of 32 bits, as Pillow has them. */
  private static final List<List<Integer>> MASKS_OF_32_BITS =
      List.of(
          List.of(0xff0000, 0xff00, 0xff),
          List.of(0xff000000, 0xff0000, 0xff00),
          List.of(0xff000000, 0xff00, 0xff),
          List.of(0xff, 0xff00, 0xff0000),
          List.of(0, 0, 0));

  /** Of the last but one: only with this alpha. */
  private static final int HIGH_ALPHA = 0xff000000;

  private BmpFile() {}

  /**
   * Looks at the header and walks along run-length codes.
   *
   * @throws EOFException if the codes end before the last row
   * @throws IIOException if the file is of a kind that is not read
   */
  static void check(byte[] file) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int header = data.getInt(FILE_HEADER);
    if (header == OS2_HEADER) {
      return;
    }
    int width = data.getInt(FILE_HEADER + 4);
    int height = Math.abs(data.getInt(FILE_HEADER + 8));
    int bits = data.getShort(FILE_HEADER + 14);
    int compression = data.getInt(FILE_HEADER + 16);
    if (compression == RUNS_OF_BYTES || compression == RUNS_OF_NIBBLES) {
      boolean nibbles = compression == RUNS_OF_NIBBLES;
      if (pixels(file, data.getInt(10), width, height, nibbles) < (long) width * height) {
        throw new EOFException("run-length codes");
      }
    } else if (compression == MASKS && bits == 32) {
      int at = FILE_HEADER + 40;
      List<Integer> masks = List.of(data.getInt(at), data.getInt(at + 4), data.getInt(at + 8));
      int alpha = header > 52 ? data.getInt(at + 12) : 0;
      if (!MASKS_OF_32_BITS.contains(masks) || (masks.get(0) == 0xff && alpha != HIGH_ALPHA)) {
        throw new IIOException("BMP colour masks that Pillow does not read");
      }
    } else if (compression < 0 || compression > MASKS) {
      throw new IIOException("BMP compression " + compression);
    }
  }

  private static long pixels(byte[] file, int start, int width, int height, boolean nibbles)
      throws IIOException {
    long row = 0;
    long column = 0;
    int at = start;
    while (row * width + column < (long) width * height && at >= 0 && at + 1 < file.length) {
      int count = file[at] & 0xff;
      int value = file[at + 1] & 0xff;
      at += 2;
      if (count > 0) {
        column += count;
      } else if (value == 0) {
        if (column == 0) {
          throw new IIOException("BMP with an empty row");
        }
        row++;
        column = 0;
      } else if (value == 1) {
        break;
      } else if (value == 2) {
        throw new IIOException("BMP that leaves pixels out");
      } else {
        int bytes = nibbles ? value / 2 : value;
        if (bytes > file.length - at) {
          break;
        }
        column += value;
        at += bytes + (bytes & 1);
      }
      if (column > width) {
        throw new IIOException("BMP with a run beyond its row");
      }
    }
    return row * width + column;
  }
}
