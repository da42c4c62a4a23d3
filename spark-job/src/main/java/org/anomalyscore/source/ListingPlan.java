package org.anomalyscore.source;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.util.functional.RemoteIterators;

/** Cuts a path or glob into listings for tasks; looks at the top folders only. */
final class ListingPlan {
  /**
   * A folder with more entries than this is not split on the driver: its one task lists it, without
   * anyone holding its files.
   */
  private static final int MOST_ENTRIES = 10_000;

  private final Configuration hadoop;
  private final int wanted;

  /**
   * @param hadoop how file systems are reached
   * @param wanted as many roots as are worth having; folders are split until there are so many
   */
  ListingPlan(Configuration hadoop, int wanted) {
    this.hadoop = hadoop;
    this.wanted = wanted;
  }

  /**
   * The roots that together hold what the user named, none of them inside another.
   *
   * @throws UserException if nothing is there
   */
  List<ListingRoot> of(String pathOrGlob) throws IOException {
    Path path = parse(pathOrGlob);
    FileSystem files = Storage.of(path, hadoop);
    // A name that exists is meant literally, whatever brackets are in it.
    return split(files, statusOf(files, path) == null ? glob(files, path) : literal(files, path));
  }

  private static Path parse(String pathOrGlob) {
    try {
      return new Path(pathOrGlob);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "Cannot look for images in '%s': it is no path (%s). Name a folder, a file or a glob, with"
                  .formatted(pathOrGlob, e.getMessage())
              + " or without a scheme, such as photos, /data/*/real or s3a://bucket/real",
          e);
    }
  }

  private static FileStatus statusOf(FileSystem files, Path path) throws IOException {
    try {
      return files.getFileStatus(path);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  private static List<ListingRoot> literal(FileSystem files, Path path) throws IOException {
    return List.of(ListingRoot.tree(files.getFileStatus(path)));
  }

  private static List<ListingRoot> glob(FileSystem files, Path path) throws IOException {
    List<ListingRoot> roots = new ArrayList<>();
    String name = path.getName();
    boolean slashInBraces = count(name, '{') != count(name, '}');
    if (!slashInBraces && path.getParent() != null && new GlobFilter(name).hasPattern()) {
      // The last part is matched by the tasks: it may match a million files.
      for (FileStatus parent : outermost(files.globStatus(path.getParent()))) {
        if (parent.isDirectory()) {
          roots.add(new ListingRoot(parent.getPath().toString(), name, true));
        }
      }
    } else {
      outermost(files.globStatus(path)).forEach(status -> roots.add(ListingRoot.tree(status)));
    }
    if (roots.isEmpty()) {
      throw new UserException(
          "Cannot look for images in '%s': there is no such file or folder. Check the path%s"
              .formatted(
                  path,
                  path.isAbsolute() ? "" : "; it is taken from " + files.getWorkingDirectory()));
    }
    return roots;
  }

  private static long count(String text, char wanted) {
    return text.chars().filter(c -> c == wanted).count();
  }

  /** Without those inside others, such as of {data,data/real}: no image may count twice. */
  private static List<FileStatus> outermost(FileStatus[] matches) {
    if (matches == null) {
      return List.of();
    }
    Set<Path> paths = new HashSet<>();
    Arrays.stream(matches).forEach(match -> paths.add(match.getPath()));
    List<FileStatus> outermost = new ArrayList<>();
    for (FileStatus match : matches) {
      boolean inside = false;
      for (Path up = match.getPath().getParent(); up != null; up = up.getParent()) {
        inside |= paths.contains(up);
      }
      if (!inside) {
        outermost.add(match);
      }
    }
    return outermost;
  }

  /** Breadth first: folders give way to their subfolders until there are enough roots. */
  private List<ListingRoot> split(FileSystem files, List<ListingRoot> start) throws IOException {
    Deque<ListingRoot> open = new ArrayDeque<>(start);
    List<ListingRoot> done = new ArrayList<>();
    while (!open.isEmpty() && open.size() + done.size() < wanted) {
      ListingRoot root = open.remove();
      List<ListingRoot> folders = folders(files, root);
      if (folders == null) {
        done.add(root);
      } else {
        done.add(root.filesOnly());
        open.addAll(folders);
      }
    }
    done.addAll(open);
    return done;
  }

  /** The matching subfolders, or null if there are too many entries to look at. */
  private static List<ListingRoot> folders(FileSystem files, ListingRoot root) throws IOException {
    List<ListingRoot> folders = new ArrayList<>();
    RemoteIterator<FileStatus> entries = FolderEntries.of(files, root.folder());
    for (int seen = 0; entries.hasNext(); seen++) {
      FileStatus entry = entries.next();
      if (seen == MOST_ENTRIES) {
        RemoteIterators.cleanupRemoteIterator(entries);
        return null;
      }
      if (entry.isDirectory() && root.filter().accept(entry.getPath())) {
        folders.add(ListingRoot.tree(entry));
      }
    }
    return folders;
  }
}
