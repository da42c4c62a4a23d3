package org.anomalyscore.storage;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Shell;

/**
 * Hadoop's file system of this machine. Where Hadoop has no native library, as in Spark's own
 * distributions, it starts a process, {@code chmod}, for each file and folder that it makes, dozens
 * for each write of a table. Here Java gives them the same permissions.
 */
public final class LocalFiles extends LocalFileSystem {

  /** Hadoop's setting of the class that opens {@code file:}. */
  public static final String SETTING = "fs.file.impl";

  private static final String MODE = "unix:mode";

  /** The bits set-user-ID and set-group-ID. */
  private static final int SET_IDS = 06000;

  /** Called by Hadoop, which knows the class by its name. */
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
      if (Shell.WINDOWS) {
        super.setPermission(path, permission);
        return;
      }
      java.nio.file.Path file;
      try {
        file = pathToFile(path).toPath();
      } catch (InvalidPathException e) {
        throw new IOException(e);
      }
      int mode = permission.toShort();
      if (Files.isDirectory(file)) {
        // As chmod does: a folder keeps its set-group-ID, by which new files are of its group.
        mode |= (int) Files.getAttribute(file, MODE) & SET_IDS;
      }
      Files.setAttribute(file, MODE, mode);
    }
  }
}
