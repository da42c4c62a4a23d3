package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import javax.imageio.IIOException;

/**
 * The check sums of a PNG file, which the JDK's reader does not look at. As Pillow does, those of
 * all chunks before the samples are checked; damaged samples show in their own Adler-32 sum or not
 * at all.
 */
final class PngChunks {
  private static final int SIGNATURE = 8;

  /** Length, name and check sum. */
  private static final int FRAME = 12;

  private PngChunks() {}

  /**
   * @throws EOFException if the file ends within a chunk
   * @throws IIOException if a check sum is wrong
   */
  static void check(byte[] file) throws IOException {
    ByteBuffer chunks = ByteBuffer.wrap(file);
    int at = SIGNATURE;
    while (true) {
      if (file.length - at < FRAME) {
        throw new EOFException("chunk header");
      }
      int length = chunks.getInt(at);
      String name = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (name.equals("IDAT")) {
        return;
      }
      if (length < 0 || length > file.length - at - FRAME) {
        throw new EOFException("chunk " + name);
      }
      CRC32 sum = new CRC32();
      sum.update(file, at + 4, 4 + length);
      if ((int) sum.getValue() != chunks.getInt(at + 8 + length)) {
        throw new IIOException("wrong check sum of chunk " + name);
      }
      at += FRAME + length;
    }
  }
}
