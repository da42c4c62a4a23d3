package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.anomalyscore.source.FolderEntry.Kind;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The entries of a local folder, one at a time. Hadoop's iterator over them holds all at once, 0.4
 * KiB each, leaves out without a word what it cannot look at, and follows links without end.
 */
final class LocalFolder implements RemoteIterator<FolderEntry>, Closeable {

  private final org.apache.hadoop.fs.Path folder;
  private final DirectoryStream<Path> stream;
  private final Iterator<Path> entries;
  private FolderEntry next;

  // The stream lives as long as this, which closes it.
  @SuppressWarnings("StreamResourceLeak")
  LocalFolder(org.apache.hadoop.fs.Path folder, Path local) throws IOException {
    this.folder = folder;
    this.stream = Files.newDirectoryStream(local);
    this.entries = stream.iterator();
  }

  @Override
  public boolean hasNext() throws IOException {
    try {
      while (next == null && entries.hasNext()) {
        Path entry = entries.next();
        next = look(entry, folder);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    if (next == null) {
      close();
    }
    return next != null;
  }

  /** An entry of a folder; null if it is no longer there. */
  private static FolderEntry look(Path entry, org.apache.hadoop.fs.Path folder) {
    String name = entry.getFileName().toString();
    if (!isValid(entry)) {
      String encoded = entry.toUri().getRawPath();
      return new FolderEntry(
          child(folder, encoded.substring(encoded.lastIndexOf('/', encoded.length() - 2) + 1)),
          Kind.UNKNOWN,
          0,
          new Timestamp(0),
          "Its name is not valid in %s (odd bytes are shown as %%XX). Rename it"
              .formatted(System.getProperty("sun.jnu.encoding")));
    }
    return look(entry, child(folder, name), true);
  }

  // Not the constructor of one text: "12:30.png" is a name, no URI.
  private static org.apache.hadoop.fs.Path child(org.apache.hadoop.fs.Path folder, String name) {
    return new org.apache.hadoop.fs.Path(folder, new org.apache.hadoop.fs.Path(null, null, name));
  }

  /** A file or folder that the user named; null if there is nothing. */
  static FolderEntry named(org.apache.hadoop.fs.Path path, Path local) {
    return look(local, path, false);
  }

  private static FolderEntry look(Path local, org.apache.hadoop.fs.Path path, boolean tellsLinks) {
    try {
      BasicFileAttributes a = Files.readAttributes(local, BasicFileAttributes.class);
      Timestamp modified = new Timestamp(a.lastModifiedTime().toMillis());
      if (a.isDirectory()) {
        Kind kind =
            !tellsLinks || !Files.isSymbolicLink(local)
                ? Kind.FOLDER
                : leadsBack(local) ? Kind.LINK_BACK : Kind.LINK;
        return new FolderEntry(path, kind, 0, modified, null);
      }
      return a.isRegularFile()
          ? new FolderEntry(path, Kind.FILE, a.size(), modified, null)
          : new FolderEntry(path, Kind.NO_FILE, 0, modified, FileAccess.NO_REGULAR_FILE);
    } catch (NoSuchFileException e) {
      return Files.isSymbolicLink(local)
          ? new FolderEntry(
              path, Kind.NO_FILE, 0, new Timestamp(0), "It is a link to a file that is not there")
          : null;
    } catch (IOException e) {
      return new FolderEntry(
          path,
          Files.isSymbolicLink(local) ? Kind.NO_FILE : Kind.UNKNOWN,
          0,
          new Timestamp(0),
          "It cannot be opened: " + e);
    }
  }

  /**
   * Whether a link leads to a folder that it lies in, by any of the links on the way to it; then a
   * walk would come to the same link again.
   */
  private static boolean leadsBack(Path link) throws IOException {
    Path real = link.toRealPath();
    for (Path up = link.getParent(); up != null; up = up.getParent()) {
      if (up.toRealPath().equals(real)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the text that Java made of a name's bytes leads to the same file. */
  private static boolean isValid(Path entry) {
    Path name = entry.getFileName();
    try {
      return name.equals(entry.getFileSystem().getPath(name.toString()));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public FolderEntry next() throws IOException {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FolderEntry result = next;
    next = null;
    return result;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
