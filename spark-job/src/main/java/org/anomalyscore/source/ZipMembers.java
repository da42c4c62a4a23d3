package org.anomalyscore.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.io.input.BoundedInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Reads members of a ZIP archive at the offsets that its directory gave, so that no task has to
 * read the directory again.
 */
final class ZipMembers implements MemberReader {
  private static final int LOCAL_HEADER = 30;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int INFLATE_BUFFER = 1 << 16;

  private final FSDataInputStream in;
  private final Inflater inflater = new Inflater(true);

  ZipMembers(Path file, Configuration hadoop) throws IOException, RejectedImageException {
    this.in = FileAccess.open(file, hadoop);
  }

  /** Why the bytes of an entry cannot be had, or null. */
  static String unreadable(ZipArchiveEntry entry) {
    if (entry.getGeneralPurposeBit().usesEncryption()) {
      return "It is encrypted inside the ZIP archive. Pack it without a password";
    }
    if (entry.getMethod() != ZipArchiveEntry.STORED
        && entry.getMethod() != ZipArchiveEntry.DEFLATED) {
      return "Its compression method inside the ZIP archive is %d; stored (0) and deflated (8) are"
              .formatted(entry.getMethod())
          + " read. Pack it again with one of these";
    }
    return null;
  }

  @Override
  public byte[] read(Item.Member item) throws IOException {
    ZipStorage storage = ZipStorage.of(item.locator().storage());
    byte[] bytes;
    try (InputStream member = open(item.locator().position(), storage.length(), storage.method())) {
      bytes = member.readNBytes((int) item.length());
    }
    CRC32 checksum = new CRC32();
    checksum.update(bytes);
    if (bytes.length < item.length() || checksum.getValue() != storage.crc32()) {
      throw new IOException(
          "the ZIP archive is damaged: of %d bytes with CRC %08x came %d with CRC %08x"
              .formatted(item.length(), storage.crc32(), bytes.length, checksum.getValue()));
    }
    return bytes;
  }

  /**
   * Unpacks a member and holds nothing of it.
   *
   * @throws IOException if its bytes are not those that the directory claims
   */
  void requireWhole(ZipArchiveEntry entry) throws IOException {
    CRC32 checksum = new CRC32();
    long count = 0;
    byte[] block = new byte[INFLATE_BUFFER];
    try (InputStream member =
        open(entry.getLocalHeaderOffset(), entry.getCompressedSize(), entry.getMethod())) {
      for (int read; count <= entry.getSize() && (read = member.read(block)) >= 0; ) {
        checksum.update(block, 0, read);
        count += read;
      }
    }
    if (count != entry.getSize() || checksum.getValue() != entry.getCrc()) {
      throw new IOException(
          "%s is damaged: of %d bytes with CRC %08x came %d with CRC %08x"
              .formatted(
                  entry.getName(), entry.getSize(), entry.getCrc(), count, checksum.getValue()));
    }
  }

  /**
   * The unpacked bytes of a member; ends the one opened before.
   *
   * @param position of its local header
   * @param storedLength of its bytes in the archive, as the directory says
   * @param method stored or deflated
   */
  InputStream open(long position, long storedLength, int method) throws IOException {
    BoundedInputStream stored =
        BoundedInputStream.builder()
            .setInputStream(in)
            .setMaxCount(storedLength)
            .setPropagateClose(false)
            .get();
    in.seek(dataStart(position));
    if (method == ZipArchiveEntry.STORED) {
      return stored;
    }
    inflater.reset();
    return new InflaterInputStream(stored, inflater, INFLATE_BUFFER);
  }

  /** The file from the given byte of a stored member on; not to be closed. */
  InputStream openStored(long position, long skipped) throws IOException {
    in.seek(dataStart(position) + skipped);
    return in;
  }

  private long dataStart(long position) throws IOException {
    ByteBuffer header = ByteBuffer.allocate(LOCAL_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    in.seek(position);
    in.readFully(header.array());
    if (header.getInt(0) != LOCAL_SIGNATURE) {
      throw new IOException(
          "the ZIP archive is damaged: no member begins at byte %d".formatted(position));
    }
    int nameLength = header.getShort(26) & 0xffff;
    int extraLength = header.getShort(28) & 0xffff;
    return position + LOCAL_HEADER + nameLength + extraLength;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
