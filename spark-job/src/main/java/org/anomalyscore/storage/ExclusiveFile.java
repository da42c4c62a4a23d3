package org.anomalyscore.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file that only one of many racing processes can make. */
public final class ExclusiveFile {

  /** Of object stores whose Hadoop file systems overwrite without asking. */
  private static final Set<String> WITHOUT_EXCLUSIVE_CREATE = Set.of("s3", "s3n");

  private ExclusiveFile() {}

  /**
   * Creates a file that did not exist, with its content. Of any number of callers on any number of
   * machines, one gets true.
   *
   * <p>In S3 by a conditional PUT ({@code If-None-Match: *}), with the content visible at once;
   * elsewhere a reader may for an instant see the file empty.
   *
   * @return false if the file exists; it is left as it is
   * @throws UserException if the storage cannot do this
   */
  public static boolean create(FileSystem fs, Path path, byte[] content) throws IOException {
    if (Storage.isS3A(fs)) {
      return S3Objects.createExclusively(fs, path, content);
    }
    String scheme = fs.getUri().getScheme();
    if ("file".equals(scheme)) {
      return createLocally(fs, path, content);
    }
    if (WITHOUT_EXCLUSIVE_CREATE.contains(scheme)) {
      throw new UserException(
          "Cannot lock "
              + path
              + ": the library behind "
              + scheme
              + ": overwrites files without asking, so that two runs would not see each other."
              + " Write the path with s3a: instead.");
    }
    try (OutputStream out = fs.create(path, false)) {
      out.write(content);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  /** Hadoop's own create looks first and opens then. */
  private static boolean createLocally(FileSystem fs, Path path, byte[] content)
      throws IOException {
    java.nio.file.Path file = java.nio.file.Path.of(fs.makeQualified(path).toUri());
    Files.createDirectories(file.getParent());
    try {
      Files.write(file, content, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      return false;
    }
    // Left by Hadoop when a user removed the file by hand; Hadoop would call the new file damaged
    // by it.
    Files.deleteIfExists(file.resolveSibling("." + file.getFileName() + ".crc"));
    return true;
  }
}
