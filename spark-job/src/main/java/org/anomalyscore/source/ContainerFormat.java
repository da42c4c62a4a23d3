package org.anomalyscore.source;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Files that hold many images, recognised by the end of their names. */
enum ContainerFormat {
  TAR(TarIndex::new, TarMembers::new, ".tar"),
  ZIP(ZipIndex::new, ZipMembers::new, ".zip"),
  NPZ(NpzIndex::new, NpzMembers::new, ".npz"),
  PARQUET(ParquetIndex::new, ParquetMembers::new, ".parquet"),
  /**
   * Reported as a reject, so that the user learns of it: the members of a compressed stream cannot
   * be reached.
   */
  COMPRESSED_TAR(
      (file, hadoop, mostMembers) -> {
        throw refused();
      },
      (file, hadoop) -> {
        throw refused();
      },
      ".tar.gz",
      ".tgz",
      ".tar.bz2",
      ".tbz2",
      ".tar.xz",
      ".txz",
      ".tar.zst",
      ".tar.lz4");

  /** Starts to list a file. */
  private interface IndexOpener {
    MemberIndex open(Item.File file, Configuration hadoop, long mostMembers)
        throws IOException, RejectedImageException;
  }

  /** Starts to read a file. */
  private interface ReaderOpener {
    MemberReader open(Path file, Configuration hadoop) throws IOException, RejectedImageException;
  }

  private final IndexOpener index;
  private final ReaderOpener reader;
  private final List<String> endings;

  ContainerFormat(IndexOpener index, ReaderOpener reader, String... endings) {
    this.index = index;
    this.reader = reader;
    this.endings = List.of(endings);
  }

  /** The format that a file's name says, or null. */
  static ContainerFormat of(String fileName) {
    String name = fileName.toLowerCase(Locale.ROOT);
    for (ContainerFormat format : values()) {
      if (!name.startsWith("._") && format.endings.stream().anyMatch(name::endsWith)) {
        return format;
      }
    }
    return null;
  }

  /**
   * Starts to list the members of a file of this format.
   *
   * @param mostMembers where the file itself says that it has more, it is rejected before any work
   */
  MemberIndex index(Item.File file, Configuration hadoop, long mostMembers)
      throws IOException, RejectedImageException {
    return index.open(file, hadoop, mostMembers);
  }

  /** Opens a file of this format that could be indexed. */
  MemberReader open(Path file, Configuration hadoop) throws IOException, RejectedImageException {
    return reader.open(file, hadoop);
  }

  private static RejectedImageException refused() {
    return new RejectedImageException(
        RejectReason.UNREADABLE,
        "A compressed tar archive has to be unpacked from its beginning to reach any image in it."
            + " Unpack it, or keep it as a plain .tar (images gain nothing by compression)");
  }
}
