package org.anomalyscore.pixels;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.IIOException;

/**
 * What the segments of a JPEG file say, read before anything is decoded.
 *
 * <p>Source: ITU-T T.81, annex B; where a file strays from it, libjpeg's {@code jdmarker.c}.
 */
final class JpegFile {
  /** What a file of any size may have: encoders make 6 to 18 scans. */
  private static final long SCANS_OF_LARGE_IMAGES = 20;

  private static final long SCANS_OF_SMALL_IMAGES = 50;

  /** Pixels that the scans walk over, all together, unless they are few: about 5 to 10 s. */
  private static final long PIXELS_OF_SCANS = 1_000_000_000;

  private static final int COEFFICIENTS = 64;

  /** The coefficients of a block, in zigzag order, that libjpeg may guess from its neighbours. */
  private static final int GUESSED_COEFFICIENTS = 10;

  /**
   * A component of the frame.
   *
   * @param name its number, by which scans refer to it
   * @param horizontal its samples a row, relative to those of the other components: 1..4
   * @param vertical its rows, likewise: 1..4
   */
  record Component(int name, int horizontal, int vertical) {}

  private final byte[] file;
  private final List<Component> components = new ArrayList<>();
  private final List<Integer> scans = new ArrayList<>();
  private final List<int[]> profiles = new ArrayList<>();
  private int[][] missingBits = {};
  private int frameMarker;
  private int precision;
  private boolean jfif;
  private int adobeTransform = -1;

  /** Reads the segments up to the end of the image. */
  JpegFile(byte[] file) throws IOException {
    this.file = file;
    int at = 2;
    while (at + 4 <= file.length) {
      int marker = file[at + 1] & 0xff;
      if (file[at] != (byte) 0xff || marker == 0xff || marker == 0) {
        // Coded samples, fill bytes, or rubbish between segments, which libjpeg skips too.
        at++;
      } else if ((marker >= 0xd0 && marker <= 0xd8) || marker == 0x01) {
        at += 2;
      } else if (marker == 0xd9 && frameMarker != 0) {
        break;
      } else {
        int length = Math.max(unsignedShort(at + 2) - 2, 0);
        readSegment(marker, at, Math.min(at + 4, file.length), length);
        at += 4 + length;
      }
    }
    if (frameMarker == 0) {
      throw new IIOException("no frame header");
    }
  }

  private void readSegment(int marker, int at, int body, int length) throws IOException {
    switch (marker) {
      case 0xe0 -> jfif |= scans.isEmpty() && length >= 14 && hasText(body, "JFIF\0");
      case 0xe2 -> {
        if (hasText(body, "ICC_PROFILE\0")) {
          profiles.add(new int[] {at, Math.min(body + length, file.length)});
        }
      }
      case 0xee -> {
        if (scans.isEmpty() && length >= 12 && hasText(body, "Adobe")) {
          adobeTransform = file[Math.min(body + 11, file.length - 1)] & 0xff;
        }
      }
      case 0xda -> readScan(at, body, length);
      case 0xc4, 0xc8, 0xcc -> {}
      default -> {
        if (marker >= 0xc0 && marker <= 0xcf && frameMarker == 0) {
          readFrame(marker, body, length);
        }
      }
    }
  }

  private void readFrame(int marker, int body, int length) throws IOException {
    int count = body + 5 < file.length ? file[body + 5] & 0xff : 0;
    if (length < 6 + 3 * count || body + length > file.length) {
      throw new IIOException("frame header of " + length + " bytes");
    }
    frameMarker = marker;
    precision = file[body] & 0xff;
    for (int i = 0; i < count; i++) {
      int entry = body + 6 + 3 * i;
      int sampling = file[entry + 1] & 0xff;
      components.add(new Component(file[entry] & 0xff, sampling >> 4, sampling & 15));
    }
    missingBits = new int[count][COEFFICIENTS];
    for (int[] bits : missingBits) {
      Arrays.fill(bits, Integer.MAX_VALUE);
    }
  }

  private void readScan(int at, int body, int length) {
    scans.add(at);
    int count = body < file.length ? file[body] & 0xff : 0;
    if (length < 4 + 2 * count || body + length > file.length) {
      return;
    }
    int spectrum = body + 1 + 2 * count;
    int first = file[spectrum] & 0xff;
    int last = Math.min(file[spectrum + 1] & 0xff, COEFFICIENTS - 1);
    int missing = file[spectrum + 2] & 15;
    for (int i = 0; i < count; i++) {
      for (int c = 0; c < components.size(); c++) {
        if (components.get(c).name() == (file[body + 1 + 2 * i] & 0xff)) {
          for (int k = first; k <= last; k++) {
            missingBits[c][k] = missing;
          }
        }
      }
    }
  }

  /**
   * Refuses what Java runtimes decode differently or not at all, and what takes minutes.
   *
   * @param pixels of the image, over all of which each scan walks, however few bytes it has
   * @throws RejectedImageException with what it is
   */
  void check(long pixels) throws RejectedImageException {
    long most =
        Math.max(SCANS_OF_LARGE_IMAGES, Math.min(SCANS_OF_SMALL_IMAGES, PIXELS_OF_SCANS / pixels));
    if (scans.size() > most) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "JPEG of %d scans, each of which takes time as an image does: the limit for its size is %d"
              .formatted(scans.size(), most));
    }
    String kind =
        switch (frameMarker) {
          case 0xc0, 0xc1, 0xc2 -> precision == 8 ? null : "has " + precision + " bits a sample";
          case 0xc3 -> "is coded without loss";
          case 0xc9, 0xca, 0xcb -> "is coded arithmetically";
          default -> "is hierarchical";
        };
    if (kind == null && frameMarker == 0xc2 && leavesCoefficientsOut()) {
      kind = "is progressive and ends before its last scans";
    }
    if (kind != null) {
      throw new RejectedImageException(
          RejectReason.NOT_AN_IMAGE,
          "JPEG that %s, which not every Java runtime decodes to the same levels: save it as an"
                  .formatted(kind)
              + " ordinary JPEG or as PNG");
    }
  }

  /** libjpeg guesses what no scan brings; how it does so depends on its version. */
  private boolean leavesCoefficientsOut() {
    for (int[] bits : missingBits) {
      for (int k = 0; k < GUESSED_COEFFICIENTS; k++) {
        if (bits[k] != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * The file without its colour profiles. They are not applied, and the JDK's reader refuses files
   * whose profiles make no sense.
   */
  JpegFile withoutProfiles() throws IOException {
    if (profiles.isEmpty()) {
      return this;
    }
    byte[] rest = new byte[file.length];
    int from = 0;
    int to = 0;
    for (int[] profile : profiles) {
      System.arraycopy(file, from, rest, to, profile[0] - from);
      to += profile[0] - from;
      from = profile[1];
    }
    System.arraycopy(file, from, rest, to, file.length - from);
    return new JpegFile(Arrays.copyOf(rest, to + file.length - from));
  }

  /** The whole file; shared, not copied. */
  byte[] bytes() {
    return file;
  }

  /** Offsets of the markers at which scans begin, ascending. */
  int[] scanOffsets() {
    return scans.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The components in the order of the frame header. */
  List<Component> components() {
    return components;
  }

  /** Whether each component has a sample for each pixel. */
  boolean isSampledEvenly() {
    return components.stream().allMatch(c -> c.horizontal() == 1 && c.vertical() == 1);
  }

  /** Whether there is a JFIF segment. */
  boolean isJfif() {
    return jfif;
  }

  /** The transform that an Adobe segment names (0 none, 1 YCC, 2 YCCK); -1 without one. */
  int adobeTransform() {
    return adobeTransform;
  }

  private boolean hasText(int at, String text) {
    byte[] expected = text.getBytes(StandardCharsets.ISO_8859_1);
    return at + expected.length <= file.length
        && Arrays.equals(file, at, at + expected.length, expected, 0, expected.length);
  }

  private int unsignedShort(int at) {
    return (file[at] & 0xff) << 8 | (file[at + 1] & 0xff);
  }
}
