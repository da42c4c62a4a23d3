package org.anomalyscore.source;

import java.io.Serializable;
import org.anomalyscore.pixels.Preprocessing;
import org.apache.hadoop.conf.Configuration;

/**
 * How images are loaded; travels to the executors.
 *
 * @param preprocessing brings an image to the model's input size
 * @param maxPixels images with more are rejected undecoded
 * @param maxFileBytes larger files and members are rejected unread, since one must fit into memory
 *     with its decoded form; below 2 GiB
 */
public record ImageLoader(Preprocessing preprocessing, long maxPixels, long maxFileBytes)
    implements Serializable {

  /** Pixels of an image where the user names no other limit. */
  public static final long MOST_PIXELS = 100_000_000;

  /** A file must fit into memory together with its decoded form. */
  public static final long MOST_FILE_BYTES = 512L << 20;

  /**
   * @throws IllegalArgumentException if {@code maxFileBytes} is more than an array can hold
   */
  public ImageLoader {
    if (maxFileBytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("No array holds " + maxFileBytes + " bytes");
    }
  }

  /** A reader for one task, which must close it. */
  public ItemReader open(Configuration hadoop) {
    return new ItemReader(maxPixels, maxFileBytes, preprocessing::apply, hadoop);
  }
}
