package org.anomalyscore.table;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** Where paths lead to. */
public final class Storage {

  private Storage() {}

  /** A path that a user wrote, or what is wrong with it. */
  public static Path path(String option, String text) {
    try {
      return new Path(text);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          option + " is '" + text + "', which is no path. Give a folder or file, or a URI.", e);
    }
  }

  /**
   * The file system of a path.
   *
   * @throws UserException when nothing on the class path reads such URIs
   */
  public static FileSystem of(Path path, Configuration hadoop) throws IOException {
    try {
      return path.getFileSystem(hadoop);
    } catch (UnsupportedFileSystemException e) {
      throw unknownScheme(path, e);
    } catch (RuntimeException e) {
      // Hadoop knows the class of s3a: and others by name, whether or not it is there.
      if (e.getCause() instanceof ClassNotFoundException) {
        throw unknownScheme(path, e);
      }
      throw e;
    }
  }

  /** True for S3 by S3A; asks by name, since its class need not be there. */
  static boolean isS3A(FileSystem fs) {
    return fs.getClass().getName().equals("org.apache.hadoop.fs.s3a.S3AFileSystem");
  }

  private static UserException unknownScheme(Path path, Exception cause) {
    return new UserException(
        "Cannot open "
            + path
            + ": nothing on the class path reads "
            + path.toUri().getScheme()
            + ": ("
            + cause.getMessage()
            + "). Check the scheme, or add its library; s3a: needs hadoop-aws.",
        cause);
  }
}
