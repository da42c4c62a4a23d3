package org.anomalyscore.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.util.List;
import org.anomalyscore.storage.StorageFault;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.security.AccessControlException;

/**
 * Checks before any work whether what can be listed can be read too. In S3 these are two
 * permissions, and without the second each of a million images would become a reject.
 */
final class ReadPermission {

  /** How many files are looked at: one forbidden file among others is a reject and no more. */
  static final int LOOKS = 8;

  private ReadPermission() {}

  /**
   * Reads a byte of the first file that can be read.
   *
   * @throws org.anomalyscore.storage.UserException if all are forbidden
   */
  static void require(List<String> files, Configuration hadoop) {
    IOException denied = null;
    for (String file : files) {
      Path path = new Path(file);
      if ("file".equals(path.toUri().getScheme())) {
        return;
      }
      try (InputStream in = path.getFileSystem(hadoop).open(path)) {
        in.read();
        return;
      } catch (AccessDeniedException | AccessControlException e) {
        denied = e;
      } catch (IOException e) {
        // A task will meet it again, and say whether it is one file's fault.
        return;
      }
    }
    if (denied != null) {
      String last = files.get(files.size() - 1);
      throw StorageFault.of("Cannot read images such as '" + last + "'", new Path(last), denied);
    }
  }
}
