package org.anomalyscore.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of NumPy's {@code .npy} format, versions 1 to 3 (numpy.lib.format).
 *
 * @param descr the element type as NumPy writes it, such as {@code |u1}
 * @param fortranOrder whether the first index runs fastest
 * @param shape the array's lengths, outermost first, as written: {@code 10, 32, 32, 3}
 * @param length of the header, bytes
 */
record NpyHeader(String descr, boolean fortranOrder, String shape, int length) {
  private static final String MAGIC = "\u0093NUMPY";

  /** NumPy's headers have 118 bytes; only a structured type makes longer ones. */
  private static final int LONGEST = 1 << 16;

  private static final Pattern DESCR = Pattern.compile("'descr': *('[^']*'|\\[.*?\\])");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([0-9, ]*)\\)");

  /** Reads the header and leaves the stream at the first element. */
  static NpyHeader read(InputStream in) throws IOException {
    byte[] start = exactly(in, 8);
    if (!new String(start, 0, 6, StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw new IOException("it does not begin as a .npy file does");
    }
    int lengthBytes = start[6] == 1 ? 2 : 4;
    byte[] little = exactly(in, lengthBytes);
    long textLength = 0;
    for (int i = lengthBytes - 1; i >= 0; i--) {
      textLength = (textLength << 8) | (little[i] & 0xff);
    }
    if (start[6] < 1 || start[6] > 3 || textLength > LONGEST) {
      throw new IOException(
          "its .npy header is of version %d and has %d bytes".formatted(start[6], textLength));
    }
    String text = new String(exactly(in, (int) textLength), StandardCharsets.UTF_8);
    return new NpyHeader(
        find(DESCR, text).replace("'", ""),
        find(ORDER, text).equals("True"),
        find(SHAPE, text),
        8 + lengthBytes + (int) textLength);
  }

  /**
   * A header of version 1, in C order.
   *
   * @param shape as in the file: {@code 10, 32} or {@code 10,}
   */
  static byte[] write(String descr, String shape) {
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }".formatted(descr, shape);
    // The elements begin at a multiple of 64 bytes, after a line's end.
    int length = (10 + text.length() + 1 + 63) / 64 * 64;
    text = text + " ".repeat(length - 10 - text.length() - 1) + "\n";
    byte[] header = (MAGIC + "\1\0\0\0" + text).getBytes(StandardCharsets.ISO_8859_1);
    header[8] = (byte) text.length();
    header[9] = (byte) (text.length() >> 8);
    return header;
  }

  private static String find(Pattern pattern, String text) throws IOException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new IOException("its .npy header is " + text.strip());
    }
    return matcher.group(1);
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("its .npy header ends early");
    }
    return bytes;
  }
}
