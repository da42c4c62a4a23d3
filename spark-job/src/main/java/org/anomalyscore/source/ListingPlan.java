package org.anomalyscore.source;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;
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
   * @throws UserException if nothing is there, or it cannot be looked at
   */
  List<ListingRoot> named(String pathOrGlob) throws IOException {
    Path path = parse(pathOrGlob);
    // A name that exists is meant literally, whatever brackets are in it. A long pattern is no
    // name that can be looked at.
    FolderEntry named = Folders.named(path, hadoop);
    boolean pattern = pathOrGlob.matches("(?s).*[*?\\[{].*");
    List<ListingRoot> roots;
    if (named == null || (named.why() != null && pattern)) {
      roots = glob(path);
    } else if (named.why() == null) {
      roots = List.of(ListingRoot.tree(named));
    } else {
      throw new UserException(
          "Cannot look for images in '%s'. %s. Name a folder, a file or a glob that can be read"
              .formatted(pathOrGlob, named.why()));
    }
    return roots.size() == 1 ? List.of(roots.get(0).asRequired()) : roots;
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

  private List<ListingRoot> glob(Path path) throws IOException {
    List<ListingRoot> roots = new ArrayList<>();
    String name = path.getName();
    boolean slashInBraces = count(name, '{') != count(name, '}');
    if (!slashInBraces && path.getParent() != null && new GlobFilter(name).hasPattern()) {
      // The last part is matched by the tasks: it may match a million files.
      PathFilter walked = new GlobFilter(name);
      for (FolderEntry parent : outermost(Folders.glob(path.getParent(), hadoop), walked)) {
        if (parent.isFolder()) {
          roots.add(new ListingRoot(parent.path().toString(), name, true, false));
        } else if (parent.kind() == FolderEntry.Kind.UNKNOWN) {
          roots.add(ListingRoot.tree(parent));
        }
      }
    } else {
      outermost(Folders.glob(path, hadoop), any -> true)
          .forEach(match -> roots.add(ListingRoot.tree(match)));
    }
    if (roots.isEmpty()) {
      throw new UserException(
          "Cannot look for images in '%s': there is no such file or folder. Check the path%s"
              .formatted(
                  path,
                  path.isAbsolute()
                      ? ""
                      : "; it is taken from "
                          + FileAccess.system(path, hadoop).getWorkingDirectory()));
    }
    return roots;
  }

  private static long count(String text, char wanted) {
    return text.chars().filter(c -> c == wanted).count();
  }

  /**
   * Without those inside others, such as of {data,data/real}, and without links to others: no image
   * may count twice.
   *
   * @param walked which entries of a match are walked: data/real is not where only *.png of data is
   */
  private List<FolderEntry> outermost(List<FolderEntry> matches, PathFilter walked)
      throws IOException {
    Map<Path, FolderEntry> byPlace = new TreeMap<>();
    for (FolderEntry match : matches) {
      Path place = match.isFolder() ? Folders.real(match.path(), hadoop) : match.path();
      // One path may match twice, as by {a/x,*/x}; a folder may match besides a link to it.
      byPlace.merge(
          place,
          match,
          (a, b) -> {
            boolean first =
                a.path().equals(place)
                    || (!b.path().equals(place) && a.path().compareTo(b.path()) <= 0);
            return first ? a : b;
          });
    }
    List<FolderEntry> outermost = new ArrayList<>();
    byPlace.forEach(
        (place, match) -> {
          boolean inside = false;
          Path child = place;
          for (Path up = child.getParent(); up != null; up = up.getParent()) {
            inside |= byPlace.containsKey(up) && walked.accept(child);
            child = up;
          }
          if (!inside) {
            outermost.add(match);
          }
        });
    return outermost;
  }

  /**
   * Roots that together hold what these do. Breadth first: folders give way to their subfolders
   * until there are enough.
   */
  List<ListingRoot> split(List<ListingRoot> start) throws IOException {
    Deque<ListingRoot> open = new ArrayDeque<>(start);
    List<ListingRoot> done = new ArrayList<>();
    while (!open.isEmpty() && open.size() + done.size() < wanted) {
      ListingRoot root = open.remove();
      List<ListingRoot> folders = folders(root);
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

  /**
   * The matching subfolders, or null where a task has to look at the folder: there are too many
   * entries, or it cannot be listed, which the task reports.
   */
  private List<ListingRoot> folders(ListingRoot root) throws IOException {
    try {
      return listed(root);
    } catch (IOException e) {
      if (root.required()) {
        throw e;
      }
      return null;
    }
  }

  private List<ListingRoot> listed(ListingRoot root) throws IOException {
    List<ListingRoot> folders = new ArrayList<>();
    RemoteIterator<FolderEntry> entries = Folders.entries(root.folder(), hadoop);
    for (int seen = 0; entries.hasNext(); seen++) {
      FolderEntry entry = entries.next();
      if (seen == MOST_ENTRIES) {
        RemoteIterators.cleanupRemoteIterator(entries);
        return null;
      }
      if (entry.kind() == FolderEntry.Kind.FOLDER && root.filter().accept(entry.path())) {
        folders.add(ListingRoot.tree(entry));
      }
    }
    return folders;
  }
}
