package org.anomalyscore.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Where the images of an ADM-style {@code .npz} file are: the array {@code arr_0}, uint8, shape
 * (count, height, width, 3), C order.
 *
 * @param entry of the array in the archive
 * @param headerLength bytes before the first pixel
 * @param count of images, at least 1
 * @param height of each, pixels, at least 1
 * @param width of each, pixels, at least 1
 */
record NpzArray(ZipArchiveEntry entry, int headerLength, long count, int height, int width) {
  static final String NAME = "arr_0";

  private static final Pattern SHAPE =
      Pattern.compile("([0-9]{1,12}), *([0-9]{1,7}), *([0-9]{1,7}), *3,?");

  /** Arrays beside the images, such as labels; more is no such file. */
  private static final int MOST_ARRAYS = 10_000;

  /**
   * Finds the array.
   *
   * @param zip the same file, open
   * @throws RejectedImageException if there is none of that name, type, shape and order
   */
  static NpzArray find(Path file, long length, ZipMembers zip, Configuration hadoop)
      throws IOException, RejectedImageException {
    List<ZipArchiveEntry> entries =
        ZipDirectory.read(
            file,
            length,
            MOST_ARRAYS,
            "It holds more than %d arrays. One '%s' of all images is read: save it alone"
                .formatted(MOST_ARRAYS, NAME),
            hadoop);
    ZipArchiveEntry entry =
        entries.stream().filter(e -> e.getName().equals(NAME + ".npy")).findFirst().orElse(null);
    if (entry == null) {
      throw refused(
          "It holds no array '%s' but %s. Save the images by numpy.savez(file, images), unnamed"
              .formatted(NAME, entries.stream().map(ZipArchiveEntry::getName).limit(20).toList()));
    }
    String unreadable = ZipMembers.unreadable(entry);
    if (unreadable != null) {
      throw refused(NAME + ": " + unreadable);
    }
    String impossible =
        ZipStorage.of(entry).impossible(entry.getSize(), entry.getLocalHeaderOffset(), length);
    if (impossible != null) {
      throw new RejectedImageException(RejectReason.TRUNCATED, NAME + ": " + impossible);
    }
    NpyHeader header;
    try (InputStream in =
        zip.open(entry.getLocalHeaderOffset(), entry.getCompressedSize(), entry.getMethod())) {
      header = NpyHeader.read(in);
    }
    return of(entry, header);
  }

  private static NpzArray of(ZipArchiveEntry entry, NpyHeader header)
      throws RejectedImageException {
    Matcher shape = SHAPE.matcher(header.shape());
    if (!header.descr().matches("[|<>=]?u1") || header.fortranOrder() || !shape.matches()) {
      throw refused(
          "%s has type '%s', shape (%s) and %s order; type '|u1' (uint8), shape (N, H, W, 3) and C"
                  .formatted(
                      NAME, header.descr(), header.shape(), header.fortranOrder() ? "Fortran" : "C")
              + " order are read. Save numpy.ascontiguousarray(images, dtype=numpy.uint8)");
    }
    NpzArray array =
        new NpzArray(
            entry,
            header.length(),
            Long.parseLong(shape.group(1)),
            Integer.parseInt(shape.group(2)),
            Integer.parseInt(shape.group(3)));
    if (array.count < 1 || array.height < 1 || array.width < 1) {
      throw new RejectedImageException(
          RejectReason.EMPTY, "%s has the shape (%s): no pixels".formatted(NAME, header.shape()));
    }
    long expected;
    try {
      expected =
          Math.addExact(header.length(), Math.multiplyExact(array.count, array.imageBytes()));
    } catch (ArithmeticException e) {
      expected = Long.MAX_VALUE;
    }
    if (entry.getSize() != expected) {
      throw new RejectedImageException(
          RejectReason.TRUNCATED,
          "%s should have %d bytes for its shape (%s), but the archive says %d (%d stored)"
              .formatted(
                  NAME, expected, header.shape(), entry.getSize(), entry.getCompressedSize()));
    }
    return array;
  }

  /** Of one image. */
  long imageBytes() {
    return 3L * height * width;
  }

  boolean stored() {
    return entry.getMethod() == ZipArchiveEntry.STORED;
  }

  private static RejectedImageException refused(String message) {
    return new RejectedImageException(RejectReason.UNREADABLE, message);
  }
}
