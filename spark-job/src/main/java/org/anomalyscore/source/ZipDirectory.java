package org.anomalyscore.source;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.ZipException;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** The central directory of a ZIP archive. */
final class ZipDirectory {
  private static final int HEADER = 46;
  private static final int HEADER_SIGNATURE = 0x02014b50;
  private static final int END = 22;
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int LOCATOR = 20;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int END64 = 56;

  private ZipDirectory() {}

  /**
   * All entries, without a look at their local headers, which would be a seek each.
   *
   * @param most entries; each takes about 0.6 KiB of memory
   * @param tooMany says that there are more
   * @throws IOException if the file is no ZIP archive or its end is missing
   * @throws RejectedImageException if there are more
   */
  static List<ZipArchiveEntry> read(
      Path file, long length, long most, String tooMany, Configuration hadoop)
      throws IOException, RejectedImageException {
    try (HadoopChannel channel = new HadoopChannel(file, length, hadoop)) {
      if (count(channel, most) > most) {
        throw new RejectedImageException(RejectReason.TOO_LARGE, tooMany);
      }
      channel.position(0);
      try (ZipFile zip =
          ZipFile.builder().setSeekableByteChannel(channel).setIgnoreLocalFileHeader(true).get()) {
        List<ZipArchiveEntry> entries = new ArrayList<>();
        entries.addAll(Collections.list(zip.getEntries()));
        return entries;
      }
    } catch (IOException e) {
      // The library says only in the cause what it found.
      throw e.getCause() instanceof ZipException cause ? cause : e;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new IOException("damaged ZIP directory: " + e, e);
    }
  }

  /**
   * Counts the entries that the directory holds; what its end says of their number is a claim.
   *
   * @return one more than {@code most} where there are more; 0 where no directory is found, of
   *     which the library says why
   */
  private static long count(HadoopChannel channel, long most) throws IOException {
    long at = start(channel);
    long count = 0;
    while (at >= 0 && count <= most) {
      ByteBuffer header = bytes(channel, at, HEADER);
      if (header.remaining() < HEADER || header.getInt(0) != HEADER_SIGNATURE) {
        break;
      }
      count++;
      at += HEADER + unsigned(header, 28) + unsigned(header, 30) + unsigned(header, 32);
    }
    return count;
  }

  /**
   * Where the directory begins (APPNOTE 4.3.14 to 4.3.16), as the library finds it: bytes before
   * the archive, such as a program that unpacks it, move it away from the place that its end names.
   */
  private static long start(HadoopChannel channel) throws IOException {
    long from = Math.max(0, channel.size() - END - LOCATOR - LONGEST_COMMENT);
    ByteBuffer tail = bytes(channel, from, (int) (channel.size() - from));
    for (int i = tail.remaining() - END; i >= 0; i--) {
      if (tail.getInt(i) == END_SIGNATURE) {
        if (i >= LOCATOR && tail.getInt(i - LOCATOR) == LOCATOR_SIGNATURE) {
          ByteBuffer end64 = bytes(channel, tail.getLong(i - LOCATOR + 8), END64);
          return end64.remaining() < END64 ? -1 : end64.getLong(48);
        }
        long size = tail.getInt(i + 12) & 0xffff_ffffL;
        long start = tail.getInt(i + 16) & 0xffff_ffffL;
        return Math.max(start, from + i - size);
      }
    }
    return -1;
  }

  private static int unsigned(ByteBuffer header, int at) {
    return header.getShort(at) & 0xffff;
  }

  /** Fewer where the file ends before; none at a place outside it. */
  private static ByteBuffer bytes(HadoopChannel channel, long at, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    if (at >= 0 && at < channel.size()) {
      channel.position(at);
      int read = 0;
      while (bytes.hasRemaining() && read >= 0) {
        read = channel.read(bytes);
      }
    }
    return bytes.flip();
  }
}
