package org.anomalyscore.pixels;

import java.util.Arrays;

/**
 * Counts the pixels that the LZW codes of a GIF file's first frame stand for. The JDK's reader
 * leaves black what an early end mark leaves out, without a word.
 *
 * <p>Source: "Graphics Interchange Format, Version 89a", CompuServe, sections 18 to 23 and appendix
 * F.
 */
final class GifFrame {
  private static final int MOST_CODES = 4096;
  private static final int MOST_BITS = 12;

  private final byte[] file;
  private int at;

  private GifFrame(byte[] file) {
    this.file = file;
  }

  /**
   * The number of pixels, or as many as were counted when {@code enough} were reached.
   *
   * @param file a GIF file
   * @param enough where to stop counting
   * @throws ArrayIndexOutOfBoundsException if the file ends before its first frame begins
   */
  static long pixels(byte[] file, long enough) {
    GifFrame frame = new GifFrame(file);
    frame.at = 13 + tableBytes(file[10]);
    while (file[frame.at] != ',') {
      if (file[frame.at] == '!') {
        frame.at += 2;
        frame.skipBlocks();
      } else {
        frame.at++;
      }
    }
    frame.at += 10 + tableBytes(file[frame.at + 9]);
    return frame.count(enough);
  }

  private static int tableBytes(byte flags) {
    return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
  }

  private void skipBlocks() {
    while (file[at] != 0) {
      at += 1 + (file[at] & 0xff);
    }
    at++;
  }

  private long count(long enough) {
    int rootBits = file[at++] & 0xff;
    int clear = 1 << rootBits;
    int[] lengths = new int[MOST_CODES];
    Arrays.fill(lengths, 1);
    int next = clear + 2;
    int bits = rootBits + 1;
    int previous = -1;
    long pixels = 0;
    int buffer = 0;
    int buffered = 0;
    int blockEnd = at;
    while (pixels < enough) {
      while (buffered < bits) {
        if (at == blockEnd) {
          if (at >= file.length || file[at] == 0) {
            return pixels;
          }
          blockEnd = at + 1 + (file[at] & 0xff);
          at++;
        }
        if (at >= file.length) {
          return pixels;
        }
        buffer |= (file[at++] & 0xff) << buffered;
        buffered += 8;
      }
      int code = buffer & ((1 << bits) - 1);
      buffer >>>= bits;
      buffered -= bits;
      if (code == clear) {
        next = clear + 2;
        bits = rootBits + 1;
        previous = -1;
        continue;
      }
      if (code == clear + 1) {
        return pixels;
      }
      if (previous >= 0 && next < MOST_CODES) {
        lengths[next++] = lengths[previous] + 1;
        if (next == 1 << bits && bits < MOST_BITS) {
          bits++;
        }
      }
      pixels += lengths[code];
      previous = code;
    }
    return pixels;
  }
}
