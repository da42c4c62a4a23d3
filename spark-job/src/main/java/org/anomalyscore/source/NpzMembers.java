package org.anomalyscore.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.pixels.RgbImage;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Reads rows of an {@code .npz} file's image array: at their offsets where the array is stored
 * (numpy.savez), by unpacking forward where it is deflated (numpy.savez_compressed). One row is
 * held at a time. The archive's checksum covers the whole array: {@link NpzIndex} checks that of a
 * deflated one, while of a stored one damage that leaves all lengths right is not seen.
 */
final class NpzMembers implements MemberReader {
  private final ZipMembers zip;
  private final NpzArray array;

  /** Open between rows, at the beginning of {@link #next}. */
  private InputStream pixels;

  private long next;
  private long damagedFrom = Long.MAX_VALUE;

  NpzMembers(Path file, Configuration hadoop) throws IOException, RejectedImageException {
    this.zip = new ZipMembers(file, hadoop);
    try {
      long length = FileAccess.file(file, hadoop).length();
      this.array = NpzArray.find(file, length, zip, hadoop);
    } catch (IOException | RuntimeException | RejectedImageException e) {
      zip.close();
      throw e;
    }
  }

  @Override
  public byte[] read(Item.Member item) throws IOException {
    long row = item.locator().position();
    if (row >= damagedFrom) {
      // Not again: each row would unpack all before it, to fail at the same byte.
      throw new IOException("%s is damaged at row %d".formatted(NpzArray.NAME, damagedFrom));
    }
    try {
      if (pixels == null || row < next || (array.stored() && row > next)) {
        open(row);
      }
      pixels.skipNBytes((row - next) * array.imageBytes());
      byte[] bytes = pixels.readNBytes((int) array.imageBytes());
      if (bytes.length < array.imageBytes()) {
        throw new EOFException("%s ends in row %d".formatted(NpzArray.NAME, row));
      }
      next = row + 1;
      return bytes;
    } catch (IOException e) {
      pixels = null;
      if (!array.stored()) {
        damagedFrom = row;
      }
      throw e;
    }
  }

  private void open(long row) throws IOException {
    long start = array.entry().getLocalHeaderOffset();
    if (array.stored()) {
      pixels = zip.openStored(start, array.headerLength() + row * array.imageBytes());
      next = row;
    } else {
      pixels = zip.open(start, array.entry().getCompressedSize(), array.entry().getMethod());
      pixels.skipNBytes(array.headerLength());
      next = 0;
    }
  }

  @Override
  public String format(byte[] bytes) {
    return "npz";
  }

  @Override
  public RgbImage decode(byte[] bytes, long maxPixels) throws RejectedImageException {
    if ((long) array.width() * array.height() > maxPixels) {
      throw new RejectedImageException(
          RejectReason.TOO_LARGE,
          "%s of %d x %d pixels: the limit is %d pixels in all"
              .formatted(NpzArray.NAME, array.width(), array.height(), maxPixels));
    }
    return new RgbImage(array.width(), array.height(), bytes);
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
