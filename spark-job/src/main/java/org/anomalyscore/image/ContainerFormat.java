package org.anomalyscore.image;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.table.RejectReason;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** Files that hold many images, told by the end of their names. */
enum ContainerFormat {
  TAR(".tar") {
    @Override
    MemberIndex index(Item file, Configuration hadoop) throws IOException {
      return new TarIndex(file, hadoop);
    }

    @Override
    MemberReader open(Path file, Configuration hadoop) throws IOException {
      return new TarMembers(file, hadoop);
    }
  },
  ZIP(".zip") {
    @Override
    MemberIndex index(Item file, Configuration hadoop) throws IOException {
      return new ZipIndex(file, hadoop);
    }

    @Override
    MemberReader open(Path file, Configuration hadoop) throws IOException {
      return new ZipMembers(file, hadoop);
    }
  },
  NPZ(".npz") {
    @Override
    MemberIndex index(Item file, Configuration hadoop) throws IOException, RejectedImageException {
      return new NpzIndex(file, hadoop);
    }

    @Override
    MemberReader open(Path file, Configuration hadoop) throws IOException, RejectedImageException {
      return new NpzMembers(file, hadoop);
    }
  },
  PARQUET(".parquet") {
    @Override
    MemberIndex index(Item file, Configuration hadoop) throws IOException, RejectedImageException {
      return new ParquetIndex(file, hadoop);
    }

    @Override
    MemberReader open(Path file, Configuration hadoop) throws IOException, RejectedImageException {
      return new ParquetMembers(file, hadoop);
    }
  },
  /** Told, so that the user learns of it: the members of a compressed stream cannot be reached. */
  COMPRESSED_TAR(
      ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".tar.lz4") {
    @Override
    MemberIndex index(Item file, Configuration hadoop) throws RejectedImageException {
      throw refused();
    }

    @Override
    MemberReader open(Path file, Configuration hadoop) throws RejectedImageException {
      throw refused();
    }
  };

  private final List<String> endings;

  ContainerFormat(String... endings) {
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

  /** Starts to list the members of a file of this format. */
  abstract MemberIndex index(Item file, Configuration hadoop)
      throws IOException, RejectedImageException;

  /** Opens a file of this format that could be indexed. */
  abstract MemberReader open(Path file, Configuration hadoop)
      throws IOException, RejectedImageException;

  private static RejectedImageException refused() {
    return new RejectedImageException(
        RejectReason.UNREADABLE,
        "A compressed tar archive has to be unpacked from its beginning to reach any image in it."
            + " Unpack it, or keep it as a plain .tar (images gain nothing by compression)");
  }
}
