package org.anomalyscore.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.anomalyscore.pixels.RejectReason;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * The images of a tar archive (ustar, PAX, GNU), by their headers: large members are jumped over.
 */
final class TarIndex implements MemberIndex {
  private static final int RECORD = 512;

  private static final Set<Byte> PLAIN =
      Set.of(TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG);

  private final Item file;
  private final Headers headers;
  private final TarArchiveInputStream tar;
  private final DistinctNames names = new DistinctNames();

  TarIndex(Item file, Configuration hadoop) throws IOException {
    this.file = file;
    Path path = new Path(file.path());
    this.headers = new Headers(path.getFileSystem(hadoop).open(path), file.length());
    this.tar = new TarArchiveInputStream(headers, StandardCharsets.UTF_8.name());
  }

  @Override
  public Item next() throws IOException {
    for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
      long position = headers.position;
      headers.startContent(entry.isSparse() ? 0 : entry.getSize());
      if (!entry.isDirectory() && ImageFinder.isImage(entry.getName())) {
        Item item = file.member(names.of(entry.getName()), entry.getSize(), position);
        return checked(item, entry);
      }
    }
    if (headers.zeros < RECORD) {
      // The parser takes any end for the archive's, and so would lose what was cut off.
      throw new EOFException("there is no end mark");
    }
    return null;
  }

  private Item checked(Item item, TarArchiveEntry entry) {
    if (entry.isSymbolicLink() || entry.isLink()) {
      return item.fault(
          RejectReason.UNREADABLE,
          "It is a link to '%s' inside the tar archive, and links are not followed. Pack the image"
                  .formatted(entry.getLinkName())
              + " itself (tar --dereference --hard-dereference)");
    }
    if (entry.isSparse() || !PLAIN.contains(entry.getLinkFlag())) {
      return item.fault(
          RejectReason.UNREADABLE,
          "It is no plain file inside the tar archive (type '%c'%s)"
              .formatted(entry.getLinkFlag(), entry.isSparse() ? ", sparse" : ""));
    }
    if (item.position() + item.length() > file.length()) {
      return item.fault(
          RejectReason.TRUNCATED,
          "The tar archive ends before this member's %d bytes do: copy the archive again"
              .formatted(item.length()));
    }
    return item;
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }

  /**
   * The archive as its parser sees it. The parser cannot seek: it reads what it skips. So the
   * content of large members is blank here, and costs no input.
   */
  private static final class Headers extends InputStream {
    /** A new request to an object store takes about as long as the transfer of so many bytes. */
    private static final long WORTH_A_SEEK = 1 << 20;

    private final FSDataInputStream in;
    private final long length;
    private long position;
    private long contentEnd;

    /** How many zero bytes came last, content not counted: a record of them ends the archive. */
    private long zeros;

    Headers(FSDataInputStream in, long length) {
      this.in = in;
      this.length = length;
    }

    void startContent(long size) {
      contentEnd = position + size;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int count) throws IOException {
      if (position >= length) {
        return -1;
      }
      int read;
      long blank = Math.min(contentEnd, length) - position;
      if (blank > WORTH_A_SEEK || (blank > 0 && in.getPos() != position)) {
        read = (int) Math.min(count, blank);
      } else {
        if (in.getPos() != position) {
          in.seek(position);
        }
        read = in.read(buffer, offset, count);
      }
      for (int i = 0; i < read; i++) {
        zeros = blank > 0 || buffer[offset + i] != 0 ? 0 : zeros + 1;
      }
      position += Math.max(read, 0);
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
