package org.anomalyscore.source;

import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;

/**
 * How a ZIP archive stores a member, as its directory claims.
 *
 * @param length bytes in the archive
 * @param method of compression
 * @param crc32 of the unpacked bytes
 */
record ZipStorage(long length, int method, long crc32) {

  /** What deflate can make of a byte at most. */
  private static final long MOST_INFLATION = 1032;

  static ZipStorage of(ZipArchiveEntry entry) {
    return new ZipStorage(entry.getCompressedSize(), entry.getMethod(), entry.getCrc());
  }

  /** For a column of a table. */
  String text() {
    return length + " " + method + " " + crc32;
  }

  /** What {@link #text} gave. */
  static ZipStorage of(String text) {
    String[] parts = text.split(" ", -1);
    return new ZipStorage(
        Long.parseLong(parts[0]), Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
  }

  /**
   * Why no member can be what the directory claims; null if one can.
   *
   * @param size unpacked, as claimed
   * @param position of its local header, as claimed
   * @param archive bytes of the file
   */
  String impossible(long size, long position, long archive) {
    if (position < 0 || length < 0 || position > archive || length > archive - position) {
      return "The ZIP archive says that the member has %d bytes from byte %d on, but the archive"
              .formatted(length, position)
          + " has %d bytes in all: copy the archive again".formatted(archive);
    }
    long most = method == ZipArchiveEntry.STORED ? length : MOST_INFLATION * length;
    if (size < 0 || size > most) {
      return "The ZIP archive says that the member has %d bytes, but the %d bytes that are stored"
              .formatted(size, length)
          + " cannot hold more than %d: copy the archive again".formatted(most);
    }
    return null;
  }
}
