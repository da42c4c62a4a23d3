package org.anomalyscore.source;

import java.sql.Timestamp;
import org.apache.hadoop.fs.EtagSource;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;

/**
 * An entry of a folder.
 *
 * @param path to open it by; a label only, where {@code why} is not null
 * @param kind what it is
 * @param length bytes of a file
 * @param modified when it was last changed
 * @param etag what an object store calls a file's bytes, or null
 * @param why null, or why it cannot be opened
 */
record FolderEntry(Path path, Kind kind, long length, Timestamp modified, String etag, String why) {

  /** What an entry is. */
  enum Kind {
    FILE,
    FOLDER,
    /** A link to a folder that it does not lie in. */
    LINK,
    /** A link to a folder on the way to it: following it would never end. */
    LINK_BACK,
    /** Not to be opened: a pipe, a link that leads nowhere. */
    NO_FILE,
    /** It cannot be said what it is, and so what is lost with it. */
    UNKNOWN
  }

  FolderEntry(Path path, Kind kind, long length, Timestamp modified, String why) {
    this(path, kind, length, modified, null, why);
  }

  static FolderEntry of(FileStatus status) {
    return new FolderEntry(
        status.getPath(),
        status.isDirectory() ? Kind.FOLDER : Kind.FILE,
        status.getLen(),
        new Timestamp(status.getModificationTime()),
        status instanceof EtagSource object ? object.getEtag() : null,
        null);
  }

  /** Whether it is a folder, or leads to one that it does not lie in. */
  boolean isFolder() {
    return kind == Kind.FOLDER || kind == Kind.LINK;
  }

  /** For {@link Kind#FILE}. */
  Item.File file() {
    return new Item.File(path.toString(), length, modified, etag);
  }
}
