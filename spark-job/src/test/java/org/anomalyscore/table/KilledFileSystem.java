package org.anomalyscore.table;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.apache.hadoop.util.functional.RemoteIterators;

/**
 * Scheme {@code killed:}: local files, of which nothing is changed any more after a number of
 * changes, as if whoever makes them was killed before the next one.
 */
public class KilledFileSystem extends RawLocalFileSystem {

  /** Changes that are left; below 0 everything fails. */
  static final AtomicInteger LEFT = new AtomicInteger(Integer.MAX_VALUE);

  private static void change() throws IOException {
    if (LEFT.getAndUpdate(left -> Math.max(-1, left - 1)) <= 0) {
      throw new IOException("killed");
    }
  }

  @Override
  public URI getUri() {
    return URI.create("killed:///");
  }

  @Override
  public String getScheme() {
    return "killed";
  }

  @Override
  public FSDataOutputStream create(
      Path path,
      FsPermission permission,
      boolean overwrite,
      int bufferSize,
      short replication,
      long blockSize,
      Progressable progress)
      throws IOException {
    change();
    return super.create(path, permission, overwrite, bufferSize, replication, blockSize, progress);
  }

  @Override
  public boolean rename(Path from, Path to) throws IOException {
    change();
    return super.rename(from, to);
  }

  @Override
  public boolean delete(Path path, boolean recursive) throws IOException {
    change();
    return super.delete(path, recursive);
  }

  @Override
  public boolean mkdirs(Path path) throws IOException {
    if (!exists(path)) {
      change();
    }
    return super.mkdirs(path);
  }

  @Override
  public RemoteIterator<LocatedFileStatus> listLocatedStatus(Path path) throws IOException {
    return RemoteIterators.mappingRemoteIterator(
        listStatusIterator(path),
        // The superclass would ask for the owner, and only knows how to for file: paths.
        entry -> new LocatedFileStatus(ownerless(entry), new BlockLocation[0]));
  }

  @Override
  public FileStatus getFileStatus(Path path) throws IOException {
    return ownerless(super.getFileStatus(path));
  }

  private static FileStatus ownerless(FileStatus file) {
    return new FileStatus(
        file.getLen(), file.isDirectory(), 1, 1, file.getModificationTime(), file.getPath());
  }

  /** For what renames by Hadoop's newer interface. */
  public static final class Context extends DelegateToFileSystem {
    public Context(URI uri, Configuration hadoop) throws IOException, URISyntaxException {
      super(uri, started(hadoop), hadoop, "killed", false);
    }

    private static KilledFileSystem started(Configuration hadoop) throws IOException {
      KilledFileSystem system = new KilledFileSystem();
      system.initialize(URI.create("killed:///"), hadoop);
      return system;
    }
  }
}
