package org.anomalyscore.source;

import java.io.IOException;
import java.net.URI;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.apache.hadoop.util.functional.RemoteIterators;

/** Scheme {@code denied:}: local files, but folders called {@code secret} may not be listed. */
public class DeniedFileSystem extends RawLocalFileSystem {
  @Override
  public URI getUri() {
    return URI.create("denied:///");
  }

  @Override
  public String getScheme() {
    return "denied";
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    check(path);
    return super.listStatus(path);
  }

  @Override
  public RemoteIterator<FileStatus> listStatusIterator(Path path) throws IOException {
    check(path);
    return super.listStatusIterator(path);
  }

  @Override
  public RemoteIterator<LocatedFileStatus> listLocatedStatus(Path path) throws IOException {
    return RemoteIterators.mappingRemoteIterator(
        listStatusIterator(path),
        // The superclass would ask for the owner, and only knows how to for file: paths.
        entry ->
            new LocatedFileStatus(
                new FileStatus(
                    entry.getLen(),
                    entry.isDirectory(),
                    1,
                    1,
                    entry.getModificationTime(),
                    entry.getPath()),
                new BlockLocation[0]));
  }

  private static void check(Path path) throws AccessControlException {
    if (path.getName().equals("secret")) {
      throw new AccessControlException("Permission denied: user=nobody, access=READ_EXECUTE");
    }
  }
}
