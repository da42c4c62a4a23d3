package org.anomalyscore.source;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Which links to folders are followed: those to folders that nothing else leads to, so that each
 * folder is searched once and under one name. For the driver, since any two tasks may meet links to
 * one folder.
 */
final class FollowedLinks {

  private final Configuration hadoop;

  /** What is searched, by the folder's real path. */
  private final Map<Path, ListingRoot> searched = new HashMap<>();

  /** The folders that these lie in. */
  private final Set<Path> around = new HashSet<>();

  private final Set<String> met = new HashSet<>();
  private long notFollowed;

  /**
   * @param named what the user named: it is searched whatever links lead to it
   */
  FollowedLinks(List<ListingRoot> named, Configuration hadoop) throws IOException {
    this.hadoop = hadoop;
    for (ListingRoot root : named) {
      search(Folders.real(root.folder(), hadoop), root);
    }
  }

  private void search(Path real, ListingRoot root) {
    searched.put(real, root);
    for (Path up = real.getParent(); up != null; up = up.getParent()) {
      around.add(up);
    }
  }

  /**
   * Chooses among links; the same ones whatever their order.
   *
   * @param links paths of links to folders; those met before are passed over
   * @return what is to be searched besides
   */
  List<ListingRoot> follow(Collection<String> links) throws IOException {
    // The outermost folders first, since what lies in them needs no other way to it.
    Map<Path, String> byTarget =
        new TreeMap<>(Comparator.comparingInt(Path::depth).thenComparing(p -> p));
    for (String link : new TreeSet<>(links)) {
      if (met.add(link)) {
        String first = byTarget.putIfAbsent(Folders.real(new Path(link), hadoop), link);
        notFollowed += first == null ? 0 : 1;
      }
    }
    List<ListingRoot> followed = new ArrayList<>();
    byTarget.forEach(
        (real, link) -> {
          if (isSearched(real)) {
            notFollowed++;
          } else {
            ListingRoot root = new ListingRoot(link, "", true, false);
            search(real, root);
            followed.add(root);
          }
        });
    return followed;
  }

  /** Whether following a link to a folder would find files that are found without it. */
  private boolean isSearched(Path folder) {
    if (around.contains(folder) || searched.containsKey(folder)) {
      return true;
    }
    Path child = folder;
    for (Path up = child.getParent(); up != null; up = up.getParent()) {
      ListingRoot root = searched.get(up);
      if (root != null && root.filter().accept(child)) {
        return true;
      }
      child = up;
    }
    return false;
  }

  /** Of the links that were met. */
  long notFollowed() {
    return notFollowed;
  }
}
