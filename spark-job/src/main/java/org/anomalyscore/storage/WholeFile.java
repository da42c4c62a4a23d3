package org.anomalyscore.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file that is replaced as a whole: until the new one is complete, readers find the old one. On
 * local disks and HDFS by a rename; S3 shows an object when its upload is complete.
 */
public final class WholeFile {

  private static final Logger LOG = LoggerFactory.getLogger(WholeFile.class);

  private final Configuration hadoop;
  private final FileSystem fs;
  private final Path path;

  private WholeFile(Configuration hadoop, FileSystem fs, Path path) {
    this.hadoop = hadoop;
    this.fs = fs;
    this.path = path;
  }

  /**
   * Names the file, and looks whether one can be there, before any work is done for it.
   *
   * @param option whose value it is, for messages
   * @throws UserException if it is a folder, or no path
   */
  public static WholeFile at(Configuration hadoop, String option, String file) {
    Path given = Storage.path(option, file);
    try {
      FileSystem fs = Storage.of(given, hadoop);
      Path path = fs.makeQualified(given);
      if (fs.exists(path) && fs.getFileStatus(path).isDirectory()) {
        throw new UserException(
            "%s is '%s', which is a folder. Name a file in it.".formatted(option, file));
      }
      return new WholeFile(hadoop, fs, path);
    } catch (IOException e) {
      throw StorageFault.of("Cannot look at " + file, given, e);
    }
  }

  /** The file as a user would name it. */
  public String location() {
    return isLocal() ? path.toUri().getPath() : path.toString();
  }

  /**
   * Writes the file; its folder is made.
   *
   * @throws UserException if the storage refuses
   */
  public void write(byte[] content) {
    try {
      if (isLocal()) {
        writeLocally(content);
      } else if (Storage.isS3A(fs)) {
        put(path, content);
      } else {
        Path part = new Path(path.getParent(), "_" + path.getName() + "." + UUID.randomUUID());
        put(part, content);
        FileContext.getFileContext(path.toUri(), hadoop)
            .rename(part, path, Options.Rename.OVERWRITE);
        clearDead();
      }
    } catch (IOException e) {
      throw StorageFault.of("Cannot write " + location(), path, e);
    }
  }

  /** Removes the parts that killed processes left of this file. Nobody writes one for an hour. */
  private void clearDead() {
    long old = System.currentTimeMillis() - TimeUnit.HOURS.toMillis(1);
    try {
      if (isLocal()) {
        try (DirectoryStream<java.nio.file.Path> parts =
            Files.newDirectoryStream(local().getParent(), p -> isPart(p.getFileName() + ""))) {
          for (java.nio.file.Path part : parts) {
            if (Files.getLastModifiedTime(part).toMillis() < old) {
              Files.deleteIfExists(part);
            }
          }
        }
      } else {
        for (FileStatus part : fs.listStatus(path.getParent(), p -> isPart(p.getName()))) {
          if (part.getModificationTime() < old) {
            fs.delete(part.getPath(), false);
          }
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // The file itself is written.
      LOG.debug("Parts of {} are not cleared: {}", path, e.toString());
    }
  }

  private boolean isPart(String name) {
    return name.matches(
        "[._]" + Pattern.quote(path.getName()) + "\\.[0-9a-f]{8}(-[0-9a-f]{4,12}){4}");
  }

  private java.nio.file.Path local() {
    return java.nio.file.Path.of(path.toUri().getPath());
  }

  private boolean isLocal() {
    return "file".equals(fs.getUri().getScheme());
  }

  private void put(Path target, byte[] content) throws IOException {
    try (OutputStream out = fs.create(target, true)) {
      out.write(content);
    }
  }

  /** Not by Hadoop, which would leave a file of checksums beside it. */
  private void writeLocally(byte[] content) throws IOException {
    java.nio.file.Path file = local();
    Files.createDirectories(file.getParent());
    java.nio.file.Path part =
        file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.write(part, content);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
    clearDead();
  }
}
