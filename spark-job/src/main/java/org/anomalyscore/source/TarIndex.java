package org.anomalyscore.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;

/**
 * The images of a tar archive (ustar, PAX, GNU), by their headers: large members are jumped over.
 */
final class TarIndex implements MemberIndex {
  private static final int RECORD = 512;

  private static final Set<Byte> PLAIN =
      Set.of(TarConstants.LF_NORMAL, TarConstants.LF_OLDNORM, TarConstants.LF_CONTIG);

  /** What may lie between two archives that were written one after the other. */
  private static final long MOST_ZEROS = 64L << 20;

  private final Item.File file;
  private final Headers headers;
  private final DistinctNames names = new DistinctNames();
  private final Map<String, Long> passedOver = new TreeMap<>();
  private TarArchiveInputStream tar;

  TarIndex(Item.File file, Configuration hadoop, long mostMembers)
      throws IOException, RejectedImageException {
    this.file = file;
    this.headers = new Headers(FileAccess.open(file.source(), hadoop), file.length());
    this.tar = open();
  }

  /** Blocks of one record: larger ones would be read past an archive's end. */
  private TarArchiveInputStream open() {
    return new TarArchiveInputStream(headers, RECORD, RECORD, StandardCharsets.UTF_8.name());
  }

  @Override
  public Item next() throws IOException {
    do {
      for (TarArchiveEntry entry; (entry = nextEntry()) != null; ) {
        long position = headers.position;
        headers.startContent(entry.isSparse() ? Headers.UNKNOWN : entry.getSize());
        if (!entry.isCheckSumOK()) {
          throw new IOException("the header before byte %d is damaged".formatted(position));
        }
        if (!entry.isDirectory()) {
          if (ImageNames.isImage(entry.getName())) {
            return member(entry, position);
          }
          passedOver.merge(ImageNames.kind(entry.getName()), 1L, Long::sum);
        }
      }
    } while (anotherArchiveFollows());
    return null;
  }

  private TarArchiveEntry nextEntry() throws IOException {
    try {
      return tar.getNextEntry();
    } catch (IOException e) {
      // The parser has no type of its own for it.
      throw headers.position < file.length() ? e : new EOFException(e.getMessage());
    }
  }

  @Override
  public Map<String, Long> passedOver() {
    return passedOver;
  }

  /** Whether archives were written one after the other: the parser stops at the first end mark. */
  private boolean anotherArchiveFollows() throws IOException {
    long end = headers.recordAfterContent();
    long next = headers.nonZero(end, MOST_ZEROS);
    if (next - end < RECORD) {
      // The parser takes any end for the archive's, and so would lose what was cut off.
      throw new EOFException("there is no end mark");
    }
    if (next < file.length() && next - end >= MOST_ZEROS) {
      throw new IOException(
          "more than %d zero bytes follow its end mark, and %d bytes after them were not looked at"
              .formatted(MOST_ZEROS, file.length() - next));
    }
    if (next == file.length()) {
      return false;
    }
    headers.moveTo(next - next % RECORD);
    tar = open();
    return true;
  }

  private Item member(TarArchiveEntry entry, long position) {
    Item.Member member =
        file.member(names.of(entry.getName()), entry.getSize(), new Item.Locator(position));
    if (entry.isSymbolicLink() || entry.isLink()) {
      return member.fault(
          RejectReason.UNREADABLE,
          "It is a link to '%s' inside the tar archive, and links are not followed. Pack the image"
                  .formatted(entry.getLinkName())
              + " itself (tar --dereference --hard-dereference)");
    }
    if (entry.isSparse() || !PLAIN.contains(entry.getLinkFlag())) {
      return member.fault(
          RejectReason.UNREADABLE,
          "It is no plain file inside the tar archive (type '%c'%s)"
              .formatted(entry.getLinkFlag(), entry.isSparse() ? ", sparse" : ""));
    }
    if (member.length() > file.length() - position) {
      return member.fault(
          RejectReason.TRUNCATED,
          "The tar archive ends before this member's %d bytes do: copy the archive again"
              .formatted(member.length()));
    }
    return member;
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

    /**
     * Of sparse content: the parser alone knows how many bytes of it are in the archive, and how
     * many of these it has read already.
     */
    private static final long UNKNOWN = -1;

    private final FSDataInputStream in;
    private final long length;
    private long position;
    private long contentEnd;

    Headers(FSDataInputStream in, long length) {
      this.in = in;
      this.length = length;
    }

    /**
     * @param size as the header claims, or {@link #UNKNOWN}
     */
    void startContent(long size) {
      contentEnd = size == UNKNOWN ? UNKNOWN : position + Math.min(size, length - position);
    }

    /** Where the record after the last content begins, once the parser has found an end. */
    long recordAfterContent() {
      if (contentEnd == UNKNOWN) {
        // The parser has read the mark and, unless the file ends there, one record more.
        return Math.max(0, position - (position < length ? 2L : 1L) * RECORD);
      }
      return contentEnd + (RECORD - contentEnd % RECORD) % RECORD;
    }

    /** To a place where an archive begins. */
    void moveTo(long place) {
      position = place;
      contentEnd = place;
    }

    /**
     * The place of the first byte that is not zero, at least so many are looked at.
     *
     * @return the file's length, or a place behind {@code most} zeros, if there is none
     */
    long nonZero(long from, long most) throws IOException {
      byte[] block = new byte[1 << 16];
      long place = Math.min(from, length);
      while (place < length && place - from < most) {
        in.seek(place);
        int read = in.readNBytes(block, 0, (int) Math.min(block.length, length - place));
        if (read == 0) {
          throw new EOFException("it ends at byte %d of %d".formatted(place, length));
        }
        for (int i = 0; i < read; i++) {
          if (block[i] != 0) {
            return place + i;
          }
        }
        place += read;
      }
      return place;
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
      position += Math.max(read, 0);
      return read;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
