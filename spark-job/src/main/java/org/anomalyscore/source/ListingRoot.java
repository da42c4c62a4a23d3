package org.anomalyscore.source;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathFilter;

/**
 * What one task lists: the entries of a folder whose names match.
 *
 * @param path the folder, or a single file, with scheme
 * @param pattern a Hadoop glob on the names of its entries; empty for all of them
 * @param recursive whether matching folders are walked, to any depth, or left out
 * @param required whether nothing is found without it: where it cannot be listed, the run ends
 *     instead of rejecting one folder
 */
record ListingRoot(String path, String pattern, boolean recursive, boolean required)
    implements Serializable {

  static ListingRoot tree(FolderEntry entry) {
    return new ListingRoot(entry.path().toString(), "", true, false);
  }

  ListingRoot filesOnly() {
    return new ListingRoot(path, pattern, false, required);
  }

  ListingRoot asRequired() {
    return new ListingRoot(path, pattern, recursive, true);
  }

  Path folder() {
    return new Path(path);
  }

  PathFilter filter() {
    try {
      return pattern.isEmpty() ? any -> true : new GlobFilter(pattern);
    } catch (IOException e) {
      throw new UncheckedIOException("A pattern that was compiled before", e);
    }
  }
}
