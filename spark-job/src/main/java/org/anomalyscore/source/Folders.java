package org.anomalyscore.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobPattern;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.util.functional.RemoteIterators;

/** Lists folders and expands globs, in local folders without Hadoop's file system. */
final class Folders {

  private Folders() {}

  /** The entries of a folder, or the file itself; close it if closeable. */
  static RemoteIterator<FolderEntry> entries(Path folder, Configuration hadoop) throws IOException {
    java.nio.file.Path local = FileAccess.local(folder, hadoop);
    if (local == null) {
      return mapped(FileAccess.system(folder, hadoop).listStatusIterator(folder));
    }
    if (Files.isDirectory(local)) {
      return new LocalFolder(folder, local);
    }
    FolderEntry file = LocalFolder.named(folder, local);
    if (file == null) {
      throw new FileNotFoundException(folder + " is not there");
    }
    return RemoteIterators.remoteIteratorFromSingleton(file);
  }

  /**
   * As {@link #entries}, or also all files below: object stores give whole trees in few requests.
   * Other file systems would list folder by folder too, and end at the first that cannot be listed
   * without saying which it is.
   */
  static RemoteIterator<FolderEntry> tree(Path folder, Configuration hadoop) throws IOException {
    FileSystem files = FileAccess.system(folder, hadoop);
    return listsTrees(files) ? mapped(files.listFiles(folder, true)) : entries(folder, hadoop);
  }

  private static boolean listsTrees(FileSystem files) {
    try {
      return files.getClass().getMethod("listFiles", Path.class, boolean.class).getDeclaringClass()
          != FileSystem.class;
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("Every Hadoop file system lists files", e);
    }
  }

  /**
   * Where a folder really is: on the local file system without the links that lead to it. Its path
   * as it stands, where that cannot be found out.
   */
  static Path real(Path folder, Configuration hadoop) throws IOException {
    java.nio.file.Path local = FileAccess.local(folder, hadoop);
    if (local != null) {
      try {
        return new Path("file", null, local.toRealPath().toString());
      } catch (IOException e) {
        // Whoever lists it meets the same, and says so.
      }
    }
    return FileAccess.system(folder, hadoop).makeQualified(folder);
  }

  private static RemoteIterator<FolderEntry> mapped(RemoteIterator<? extends FileStatus> all) {
    return RemoteIterators.mappingRemoteIterator(all, FolderEntry::of);
  }

  /** What a path leads to, or null. */
  static FolderEntry named(Path path, Configuration hadoop) throws IOException {
    FileSystem files = FileAccess.system(path, hadoop);
    java.nio.file.Path local = FileAccess.local(path, hadoop);
    if (local != null) {
      return LocalFolder.named(files.makeQualified(path), local);
    }
    try {
      return FolderEntry.of(files.getFileStatus(path));
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  /**
   * What a glob matches, as {@link FileSystem#globStatus} defines it. A folder that cannot be
   * listed on the way is of {@link FolderEntry.Kind#UNKNOWN}: it may hold matches.
   */
  static List<FolderEntry> glob(Path pattern, Configuration hadoop) throws IOException {
    Path whole = FileAccess.system(pattern, hadoop).makeQualified(pattern);
    List<FolderEntry> found = new ArrayList<>();
    for (String one : GlobExpander.expand(whole.toUri().getPath())) {
      Deque<String> names = new ArrayDeque<>(List.of(one.substring(1).split("/")));
      // What lies above the first wildcard may be forbidden, as it often is in S3.
      Path start = new Path(whole, "/");
      while (!names.isEmpty() && !new GlobPattern(names.peek()).hasWildcard()) {
        start = child(start, names.remove());
      }
      FolderEntry first = named(start, hadoop);
      List<FolderEntry> matches = first == null ? List.of() : List.of(first);
      for (String name : names) {
        matches = matches(matches, name, hadoop);
      }
      found.addAll(matches);
    }
    return found;
  }

  /** An entry that a component of a glob without wildcards names. */
  private static Path child(Path folder, String component) {
    return new Path(folder, new Path(null, null, component.replaceAll("\\\\(.)", "$1")));
  }

  private static List<FolderEntry> matches(
      List<FolderEntry> folders, String component, Configuration hadoop) throws IOException {
    GlobPattern pattern = new GlobPattern(component);
    List<FolderEntry> matches = new ArrayList<>();
    for (FolderEntry folder : folders) {
      if (folder.kind() == FolderEntry.Kind.UNKNOWN) {
        matches.add(folder);
      }
      if (!folder.isFolder()) {
        continue;
      }
      try {
        if (!pattern.hasWildcard()) {
          FolderEntry child = named(child(folder.path(), component), hadoop);
          if (child != null) {
            matches.add(child);
          }
          continue;
        }
        RemoteIterator<FolderEntry> entries = entries(folder.path(), hadoop);
        while (entries.hasNext()) {
          FolderEntry entry = entries.next();
          if (entry.kind() != FolderEntry.Kind.LINK_BACK
              && pattern.matches(entry.path().getName())) {
            matches.add(entry);
          }
        }
      } catch (IOException e) {
        // This throws where the storage as a whole is at fault.
        ItemFault fault = ItemFault.of(e, folder.path(), hadoop);
        matches.add(
            new FolderEntry(
                folder.path(), FolderEntry.Kind.UNKNOWN, 0, folder.modified(), fault.message()));
      }
    }
    return matches;
  }
}
