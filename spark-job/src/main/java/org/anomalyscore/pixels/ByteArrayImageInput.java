package org.anomalyscore.pixels;

import java.io.IOException;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory as ImageIO wants it. Unlike {@code MemoryCacheImageInputStream} it knows its
 * length, by which the readers refuse counts that no file of this size can hold, and it tells
 * afterwards whether a reader asked for bytes behind the end. A reader that has used up its time
 * gets no more bytes: no other way stops a decoder that runs in native code.
 */
final class ByteArrayImageInput extends ImageInputStreamImpl {
  /** The clock costs more than a byte. */
  private static final int SINGLES_A_LOOK = 64;

  private final byte[] bytes;
  private final DecodingTime time;
  private final int[] stops;
  private int singles;
  private boolean ranOut;

  /**
   * @param bytes the file
   * @param time how long its decoding may take
   * @param stops offsets, ascending, across which no single read goes, so that the time is looked
   *     at there
   */
  ByteArrayImageInput(byte[] bytes, DecodingTime time, int... stops) {
    this.bytes = bytes;
    this.time = time;
    this.stops = stops;
  }

  /** Whether a reader wanted more bytes than there are. */
  boolean ranOut() {
    return ranOut;
  }

  @Override
  public int read() throws IOException {
    bitOffset = 0;
    if (++singles % SINGLES_A_LOOK == 0) {
      checkTime();
    }
    if (streamPos >= bytes.length) {
      ranOut = true;
      return -1;
    }
    return bytes[(int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    checkTime();
    if (streamPos >= bytes.length) {
      ranOut = true;
      return -1;
    }
    int at = (int) streamPos;
    int stop = Arrays.binarySearch(stops, at + 1);
    stop = stop < 0 ? -stop - 1 : stop;
    int end = stop < stops.length ? stops[stop] : bytes.length;
    int count = Math.min(length, end - at);
    System.arraycopy(bytes, at, buffer, offset, count);
    streamPos += count;
    return count;
  }

  private void checkTime() throws IOException {
    if (time.isOver()) {
      throw new IOException("out of time");
    }
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
