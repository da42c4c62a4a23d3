package org.anomalyscore.source;

import java.io.IOException;
import java.nio.file.Files;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.LocalInputFile;

/**
 * Opens the user's files. Local ones are read past Hadoop's checksummed file system: that refuses
 * names with a colon, and takes a {@code .x.png.crc} that someone left for the checksum of {@code
 * x.png}. Only regular files are opened: a pipe would never end, or never begin.
 */
final class FileAccess {

  /** Why an entry of a folder that is neither file nor folder is not opened. */
  static final String NO_REGULAR_FILE =
      "It is a pipe, a socket or a device, or a link to one, and only regular files are read";

  private FileAccess() {}

  /**
   * The file system of a path, without Hadoop's checksums where it is the local one.
   *
   * @throws org.anomalyscore.storage.UserException when nothing on the class path reads such URIs
   */
  static FileSystem system(Path path, Configuration hadoop) throws IOException {
    FileSystem files = Storage.of(path, hadoop);
    return files instanceof LocalFileSystem local ? local.getRaw() : files;
  }

  /** The file on this machine, or null if the path leads elsewhere. */
  static java.nio.file.Path local(Path path, Configuration hadoop) throws IOException {
    return Storage.of(path, hadoop) instanceof LocalFileSystem local
        ? local.pathToFile(path).toPath()
        : null;
  }

  /** A file as its file system describes it. */
  static Item.File file(Path path, Configuration hadoop) throws IOException {
    return FolderEntry.of(system(path, hadoop).getFileStatus(path)).file();
  }

  /**
   * Opens a regular file.
   *
   * @throws RejectedImageException if it is there but no regular file
   */
  static FSDataInputStream open(Path path, Configuration hadoop)
      throws IOException, RejectedImageException {
    requireRegular(path, hadoop);
    return system(path, hadoop).open(path);
  }

  /** As {@link #open}, for Parquet's reader. */
  static InputFile parquet(Path path, Configuration hadoop)
      throws IOException, RejectedImageException {
    requireRegular(path, hadoop);
    java.nio.file.Path local = local(path, hadoop);
    return local == null ? HadoopInputFile.fromPath(path, hadoop) : new LocalInputFile(local);
  }

  private static void requireRegular(Path path, Configuration hadoop)
      throws IOException, RejectedImageException {
    java.nio.file.Path local = local(path, hadoop);
    if (local != null && Files.exists(local) && !Files.isRegularFile(local)) {
      throw new RejectedImageException(
          RejectReason.UNREADABLE, Files.isDirectory(local) ? "It is a folder" : NO_REGULAR_FILE);
    }
  }
}
