package org.anomalyscore.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Shell;

/**
 * Hadoop's file system of this machine. Where Hadoop has no native library, as in Spark's own
 * distributions, it starts a process, {@code chmod}, for each file and folder that it makes, which
 * are dozens for each write of a table. Here Java gives them the same permissions.
 */
public final class LocalFiles extends LocalFileSystem {

  /** Hadoop's setting of the class that opens {@code file:}. */
  public static final String SETTING = "fs.file.impl";

  /** By name, as Hadoop makes it. */
  public LocalFiles() {
    super(new Raw());
  }

  /** Forgets Hadoop's own, which spark-submit has opened, so that the setting takes effect. */
  public static void forgetHadoops() throws IOException {
    FileSystem.get(URI.create("file:///"), new Configuration()).close();
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      if (Shell.WINDOWS || permission.getStickyBit()) {
        super.setPermission(path, permission);
        return;
      }
      String symbols =
          permission.getUserAction().SYMBOL
              + permission.getGroupAction().SYMBOL
              + permission.getOtherAction().SYMBOL;
      Files.setPosixFilePermissions(
          pathToFile(path).toPath(), PosixFilePermissions.fromString(symbols));
    }
  }
}
