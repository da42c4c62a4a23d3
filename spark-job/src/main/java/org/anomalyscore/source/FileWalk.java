package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.util.functional.RemoteIterators;

/** The files of a {@link ListingRoot}, one at a time: holds a page of a listing, never all. */
final class FileWalk implements Iterator<FileStatus>, Closeable {
  private final ListingRoot root;
  private final FileSystem files;
  private final PathFilter filter;
  private final Predicate<FileStatus> wanted;
  private final Deque<RemoteIterator<? extends FileStatus>> open = new ArrayDeque<>();
  private FileStatus next;

  FileWalk(ListingRoot root, Configuration hadoop, Predicate<FileStatus> wanted) {
    this.root = root;
    this.wanted = wanted;
    try {
      this.files = root.folder().getFileSystem(hadoop);
      this.filter = root.filter();
      this.open.push(
          root.recursive() && root.pattern().isEmpty()
              ? tree(root.folder())
              : FolderEntries.of(files, root.folder()));
    } catch (IOException e) {
      throw ImageFinder.unlisted(root.path(), e);
    }
  }

  /**
   * The entries of a folder, or of it and all below. Object stores give whole trees in few
   * requests, but only as located files, for each of which the local file system runs a process to
   * learn its owner (10 ms a file without Hadoop's native library); there the folders are walked
   * here.
   */
  private RemoteIterator<? extends FileStatus> tree(Path folder) throws IOException {
    return files.getUri().getScheme().equals("file")
        ? FolderEntries.of(files, folder)
        : files.listFiles(folder, true);
  }

  @Override
  public boolean hasNext() {
    try {
      while (next == null && !open.isEmpty()) {
        advance();
      }
    } catch (IOException e) {
      throw ImageFinder.unlisted(root.path(), e);
    }
    return next != null;
  }

  private void advance() throws IOException {
    RemoteIterator<? extends FileStatus> entries = open.peek();
    if (!entries.hasNext()) {
      open.pop();
      return;
    }
    FileStatus entry = entries.next();
    boolean top = open.size() == 1;
    if (top && !filter.accept(entry.getPath())) {
      return;
    }
    if (entry.isDirectory()) {
      if (root.recursive()) {
        open.push(tree(entry.getPath()));
      }
    } else if (wanted.test(entry)) {
      next = entry;
    }
  }

  @Override
  public FileStatus next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    FileStatus result = next;
    next = null;
    return result;
  }

  /** Lets go of the listings that were not walked to their ends. */
  @Override
  public void close() {
    open.forEach(RemoteIterators::cleanupRemoteIterator);
    open.clear();
  }
}
