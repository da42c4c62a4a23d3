package org.anomalyscore.source;

import java.io.Closeable;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The entries of a local folder, one at a time: Hadoop's iterator over them holds all at once, 0.4
 * KiB each.
 */
final class FolderEntries implements RemoteIterator<FileStatus>, Closeable {
  private final LocalFileSystem files;
  private final Path folder;
  private final DirectoryStream<java.nio.file.Path> stream;
  private final Iterator<java.nio.file.Path> names;
  private FileStatus next;

  // The stream lives as long as this, which closes it.
  @SuppressWarnings("StreamResourceLeak")
  private FolderEntries(LocalFileSystem files, Path folder) throws IOException {
    this.files = files;
    this.folder = folder;
    this.stream = Files.newDirectoryStream(files.pathToFile(folder).toPath());
    this.names = stream.iterator();
  }

  /** The entries of a folder in any file system, or the file itself; close it if closeable. */
  static RemoteIterator<FileStatus> of(FileSystem files, Path folder) throws IOException {
    return files instanceof LocalFileSystem local && local.pathToFile(folder).isDirectory()
        ? new FolderEntries(local, folder)
        : files.listStatusIterator(folder);
  }

  @Override
  public boolean hasNext() throws IOException {
    try {
      while (next == null && names.hasNext()) {
        // Not the constructor of one text: "12:30.png" is a name, no URI.
        Path path = new Path(folder, new Path(null, null, names.next().getFileName().toString()));
        next = LocalFileSystem.isChecksumFile(path) ? null : status(path);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    if (next == null) {
      close();
    }
    return next != null;
  }

  /** Null for a link that leads nowhere, which Hadoop's iterator leaves out too. */
  private FileStatus status(Path path) throws IOException {
    try {
      return files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  @Override
  public FileStatus next() throws IOException {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FileStatus result = next;
    next = null;
    return result;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
