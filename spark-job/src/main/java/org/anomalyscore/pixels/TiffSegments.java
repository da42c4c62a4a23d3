package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import javax.imageio.IIOException;

/**
 * The bytes of strips and tiles, decompressed. Each must give all the bytes that its rows need.
 *
 * <p>Source: TIFF 6.0, sections 9 (PackBits), 13 (LZW) and 14 (differencing predictor).
 */
final class TiffSegments {
  private static final int LZW_CLEAR = 256;
  private static final int LZW_END = 257;
  private static final int LZW_CODES = 4096;

  private final byte[] file;
  private final TiffLayout layout;
  private final boolean bigEndian;
  private final boolean lowBitFirst;

  TiffSegments(byte[] file, TiffDirectory tags, TiffLayout layout) throws IOException {
    this.file = file;
    this.layout = layout;
    bigEndian = tags.isBigEndian();
    lowBitFirst = tags.value(TiffDirectory.FILL_ORDER, 1) == 2;
  }

  /**
   * The stored bytes of a segment. Where they are raw, its claim does not matter if the rows are
   * there, as in Pillow; libtiff refuses a compressed one of which the file has less.
   *
   * @param needed bytes of its rows, once decoded
   */
  byte[] stored(long offset, long count, long needed) throws EOFException {
    boolean raw = layout.compression() == TiffLayout.RAW;
    long bytes = raw ? Math.min(count, needed) : count;
    if (offset < 1 || bytes < 1 || bytes > file.length || offset > file.length - bytes) {
      throw new EOFException("strip or tile of " + count + " bytes at " + offset);
    }
    return Arrays.copyOfRange(file, (int) offset, (int) (offset + bytes));
  }

  /**
   * Decompresses a segment that is coded byte by byte.
   *
   * @param stored as it is in the file; may be changed
   * @param rows of the segment
   * @param rowBytes bytes of a row
   * @param step samples from a value to its neighbour
   */
  byte[] decode(byte[] stored, int rows, int rowBytes, int step) throws IOException {
    if (lowBitFirst) {
      for (int i = 0; i < stored.length; i++) {
        stored[i] = (byte) (Integer.reverse(stored[i]) >>> 24);
      }
    }
    byte[] bytes = new byte[Math.multiplyExact(rows, rowBytes)];
    int length =
        switch (layout.compression()) {
          case TiffLayout.RAW -> copy(stored, bytes);
          case TiffLayout.LZW -> lzw(stored, bytes);
          case TiffLayout.PACK_BITS -> packBits(stored, bytes);
          default -> inflate(stored, bytes);
        };
    if (length < bytes.length) {
      throw new EOFException(
          "strip or tile of %d bytes where its rows need %d".formatted(length, bytes.length));
    }
    if (layout.predictor() == 2) {
      for (int y = 0; y < rows; y++) {
        addNeighbours(bytes, y * rowBytes, rowBytes, step * layout.bits() / 8);
      }
    }
    return bytes;
  }

  private static int copy(byte[] stored, byte[] bytes) {
    int length = Math.min(stored.length, bytes.length);
    System.arraycopy(stored, 0, bytes, 0, length);
    return length;
  }

  private static int inflate(byte[] stored, byte[] bytes) throws IOException {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(stored);
      int length = 0;
      while (length < bytes.length) {
        int count = inflater.inflate(bytes, length, bytes.length - length);
        if (count == 0) {
          break;
        }
        length += count;
      }
      return length;
    } catch (DataFormatException e) {
      throw new IIOException("deflated strip or tile", e);
    } finally {
      inflater.end();
    }
  }

  private static int packBits(byte[] stored, byte[] bytes) {
    int from = 0;
    int to = 0;
    while (from < stored.length && to < bytes.length) {
      int head = stored[from++];
      if (head >= 0) {
        int count = Math.min(head + 1, Math.min(stored.length - from, bytes.length - to));
        System.arraycopy(stored, from, bytes, to, count);
        from += count;
        to += count;
      } else if (head != Byte.MIN_VALUE && from < stored.length) {
        int end = Math.min(to + 1 - head, bytes.length);
        Arrays.fill(bytes, to, end, stored[from++]);
        to = end;
      }
    }
    return to;
  }

  /** Strings are kept as places of what was written already, where each stood before. */
  private static int lzw(byte[] stored, byte[] bytes) throws IIOException {
    int[] starts = new int[LZW_CODES];
    int[] lengths = new int[LZW_CODES];
    int next = LZW_END + 1;
    int bits = 9;
    int to = 0;
    int previousStart = -1;
    int previousLength = 0;
    int from = 0;
    int buffer = 0;
    int buffered = 0;
    boolean begun = false;
    while (to < bytes.length) {
      while (buffered < bits) {
        if (from == stored.length) {
          return to;
        }
        buffer = buffer << 8 | (stored[from++] & 0xff);
        buffered += 8;
      }
      buffered -= bits;
      int code = buffer >>> buffered & ((1 << bits) - 1);
      if (code == LZW_END) {
        return to;
      }
      if (code == LZW_CLEAR) {
        next = LZW_END + 1;
        bits = 9;
        previousStart = -1;
        begun = true;
        continue;
      }
      if (!begun) {
        throw new IIOException("LZW of before TIFF 6.0, or damaged");
      }
      int start = to;
      if (previousStart >= 0 && next < LZW_CODES) {
        starts[next] = previousStart;
        lengths[next] = previousLength + 1;
        next++;
      }
      if (code < LZW_CLEAR) {
        bytes[to++] = (byte) code;
      } else if (code < next) {
        // Byte by byte: the newest string may reach into what it writes.
        int end = Math.min(to + lengths[code], bytes.length);
        for (int at = starts[code]; to < end; at++) {
          bytes[to++] = bytes[at];
        }
      } else {
        throw new IIOException("LZW code " + code + " of " + next);
      }
      previousStart = start;
      previousLength = to - start;
      // The code's width grows one code early, as TIFF has it.
      bits = next >= 2047 ? 12 : next >= 1023 ? 11 : next >= 511 ? 10 : 9;
    }
    return to;
  }

  /** Undoes the differences within a row; sums go round. */
  private void addNeighbours(byte[] bytes, int from, int rowBytes, int step) {
    int width = layout.bits() / 8;
    for (int at = from + step; at + width <= from + rowBytes; at += width) {
      int carry = 0;
      for (int i = 0; i < width; i++) {
        int place = at + (bigEndian ? width - 1 - i : i);
        int sum = (bytes[place] & 0xff) + (bytes[place - step] & 0xff) + carry;
        bytes[place] = (byte) sum;
        carry = sum >> 8;
      }
    }
  }
}
