package org.anomalyscore.pixels;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory as ImageIO wants it. Unlike {@code MemoryCacheImageInputStream} it knows its
 * length, by which the TIFF reader refuses counts that no file of this size can hold, and it tells
 * afterwards whether a reader asked for bytes behind the end.
 */
final class ByteArrayImageInput extends ImageInputStreamImpl {
  private final byte[] bytes;
  private boolean ranOut;

  ByteArrayImageInput(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Whether a reader wanted more bytes than there are. */
  boolean ranOut() {
    return ranOut;
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      ranOut = true;
      return -1;
    }
    return bytes[(int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      ranOut = true;
      return -1;
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    System.arraycopy(bytes, (int) streamPos, buffer, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
