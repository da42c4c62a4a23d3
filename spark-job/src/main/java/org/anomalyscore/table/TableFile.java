package org.anomalyscore.table;

import java.net.URI;
import org.apache.hadoop.fs.Path;

/**
 * A file of rows that readers of a table take.
 *
 * @param base the whole path of the folder of the tables, or the one in which a change waits
 * @param name under it, as {@code scores/config_id=c1/dataset=real/part-0.parquet}
 * @param bytes its length
 */
public record TableFile(Path base, String name, long bytes) {

  /** What a row without features takes, about. */
  public static final long ROW_BYTES = 200;

  /** Of a full file, about: it is opened in an instant, and many cores can share a table. */
  public static final long FULL = 128L << 20;

  /** Names the column of a reading of files that names the file of a row. */
  public static final String COLUMN = "file_of_the_row";

  /** How many files so many bytes fill; 1 at least. */
  public static int count(long bytes) {
    return Math.toIntExact(Math.max(1, (bytes + FULL - 1) / FULL));
  }

  /** Where it lies. */
  public Path path() {
    return new Path(base, name);
  }

  /** The path, without scheme, of a file that Spark names by a URI in {@link #COLUMN}. */
  public static String pathOf(String uri) {
    return new Path(URI.create(uri)).toUri().getPath();
  }

  /** The folder of its table and partition, as {@code scores/config_id=c1/dataset=real}. */
  public String folder() {
    return name.substring(0, name.lastIndexOf('/'));
  }
}
