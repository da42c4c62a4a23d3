package org.anomalyscore.source;

import java.io.IOException;
import java.io.Serializable;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;

/**
 * What one task lists: the entries of a folder whose names match.
 *
 * @param path the folder, or a single file, with scheme
 * @param pattern a Hadoop glob on the names of its entries; empty for all of them
 * @param recursive whether matching folders are walked, to any depth, or left out
 */
record ListingRoot(String path, String pattern, boolean recursive) implements Serializable {

  static ListingRoot tree(FolderEntry entry) {
    return new ListingRoot(entry.path().toString(), "", true);
  }

  ListingRoot filesOnly() {
    return new ListingRoot(path, pattern, false);
  }

  Path folder() {
    return new Path(path);
  }

  PathFilter filter() throws IOException {
    return pattern.isEmpty() ? any -> true : new GlobFilter(pattern);
  }
}
