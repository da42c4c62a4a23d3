package org.anomalyscore.storage;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.util.ShutdownHookManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's folder for temporary copies, below {@code java.io.tmpdir}. It is removed at exit;
 * what a killed process left is removed by the next one.
 *
 * <p>The owner holds a lock on a file beside its folder for as long as it lives. The system gives
 * the lock free however the process ends, so that no process id, which may be another container's,
 * needs to be believed.
 */
public final class ScratchFolder {

  private static final Logger LOG = LoggerFactory.getLogger(ScratchFolder.class);

  private static final String PREFIX = "anomaly-score-";
  private static final String LOCK = ".lock";

  /**
   * The system property that names the lock files of this JVM, of each class loader that has this
   * class. Where a process closes any channel of a file, POSIX takes all its locks on it away: its
   * own must not be opened again.
   */
  private static final String OURS = "org.anomalyscore.scratch";

  /** After Spark's hook, which uses the folder, and Hadoop's. */
  private static final int LAST = 1;

  /** A lock file and the lock on it, whose channel would be closed if nothing referred to it. */
  record Held(Path file, FileLock lock) {}

  /** For as long as the process lives. */
  @SuppressWarnings("UnusedVariable")
  private static Held held;

  private static Path folder;

  private ScratchFolder() {}

  /** A new, empty folder for a purpose. */
  public static Path create(String purpose) throws IOException {
    return Files.createTempDirectory(ofThisProcess(), purpose);
  }

  private static synchronized Path ofThisProcess() throws IOException {
    if (folder == null) {
      Path parent = Path.of(System.getProperty("java.io.tmpdir"));
      clearDead(parent);
      Held lock = lock(parent);
      held = lock;
      System.setProperty(OURS, System.getProperty(OURS, "") + lock.file() + File.pathSeparatorChar);
      folder = Files.createDirectory(folderOf(lock.file()));
      ShutdownHookManager.get().addShutdownHook(() -> remove(lock.file()), LAST);
    }
    return folder;
  }

  /**
   * Makes a lock file that this process holds. Until it is held, another process may take it for
   * that of a dead one, and remove it.
   */
  static Held lock(Path parent) throws IOException {
    while (true) {
      Path lock = Files.createTempFile(parent, PREFIX, LOCK);
      try {
        FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock taken = channel.lock();
        if (Files.exists(lock)) {
          return new Held(lock, taken);
        }
        channel.close();
      } catch (NoSuchFileException e) {
        LOG.debug("{} was removed before it was opened", lock);
      }
    }
  }

  private static Path folderOf(Path lock) {
    String name = lock.getFileName().toString();
    return lock.resolveSibling(name.substring(0, name.length() - LOCK.length()));
  }

  /** Removes the folders whose owner has ended. */
  static void clearDead(Path parent) {
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(parent, PREFIX + "*" + LOCK)) {
      for (Path lock : locks) {
        if (System.getProperty(OURS, "").contains(lock.toString() + File.pathSeparatorChar)) {
          continue;
        }
        // Another user's cannot be opened, which is as good as held.
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
            FileLock ours = channel.tryLock()) {
          if (ours != null) {
            remove(lock);
          }
        } catch (IOException | OverlappingFileLockException e) {
          LOG.debug("{} stays: {}", lock, e.toString());
        }
      }
    } catch (IOException e) {
      LOG.debug("Nothing is cleared in {}: {}", parent, e.toString());
    }
  }

  /** The lock last: a folder without one would stay for ever. */
  private static void remove(Path lock) {
    try {
      FileUtil.fullyDelete(folderOf(lock).toFile());
      if (!Files.exists(folderOf(lock))) {
        Files.deleteIfExists(lock);
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be removed: {}", lock, e.toString());
    }
  }
}
