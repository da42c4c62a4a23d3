package org.anomalyscore.pixels;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.IIOException;

/**
 * The RIFF chunks of a WebP file: which of them is the first picture, and where on the canvas it
 * stands. libwebp's still decoder knows no animations, so it is given the first frame as a file of
 * its own; colour profile and separate alpha are left behind, since neither may change the levels.
 *
 * <p>Source: "WebP Container Specification", Google, sections "Extended File Format" and
 * "Animation".
 *
 * @param width columns of the canvas
 * @param height rows of the canvas
 * @param left column of the frame; 0 for a still picture
 * @param top row of the frame; 0 for a still picture
 * @param stillFile a simple WebP file of the first frame
 */
// Never compared.
@SuppressWarnings("ArrayRecordComponent")
record WebPContainer(int width, int height, int left, int top, byte[] stillFile) {

  /** Sides are 0 where the file has no canvas and the frame is the whole picture. */
  static WebPContainer of(byte[] file) throws IOException {
    ByteBuffer riff = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if ((riff.getInt(4) & 0xffffffffL) + 8 > file.length) {
      throw new EOFException("RIFF size");
    }
    riff.position(12);
    int width = 0;
    int height = 0;
    int left = 0;
    int top = 0;
    try {
      while (riff.remaining() >= 8) {
        String kind = fourCharacters(riff);
        int size = riff.getInt();
        int body = riff.position();
        if (size < 0 || size > riff.remaining()) {
          throw new EOFException("chunk " + kind);
        }
        switch (kind) {
          case "VP8 ", "VP8L" -> {
            return new WebPContainer(width, height, left, top, stillFile(file, body - 8, size));
          }
          case "VP8X" -> {
            width = threeBytes(riff, body + 4) + 1;
            height = threeBytes(riff, body + 7) + 1;
          }
          case "ANMF" -> {
            left = 2 * threeBytes(riff, body);
            top = 2 * threeBytes(riff, body + 3);
            // The frame's own chunks follow its 16 bytes.
            riff.position(body + 16);
            continue;
          }
          default -> {}
        }
        riff.position(Math.min(body + size + (size & 1), file.length));
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IIOException("chunk beyond the end", e);
    }
    throw new IIOException("no VP8 or VP8L chunk");
  }

  private static byte[] stillFile(byte[] file, int chunk, int size) {
    int padded = 8 + size + (size & 1);
    ByteBuffer still = ByteBuffer.allocate(12 + padded).order(ByteOrder.LITTLE_ENDIAN);
    still.put("RIFF".getBytes(StandardCharsets.ISO_8859_1));
    still.putInt(4 + padded);
    still.put("WEBP".getBytes(StandardCharsets.ISO_8859_1));
    still.put(file, chunk, 8 + size);
    return still.array();
  }

  private static String fourCharacters(ByteBuffer riff) {
    byte[] name = new byte[4];
    riff.get(name);
    return new String(name, StandardCharsets.ISO_8859_1);
  }

  private static int threeBytes(ByteBuffer riff, int at) {
    return (riff.getShort(at) & 0xffff) | (riff.get(at + 2) & 0xff) << 16;
  }
}
