package org.anomalyscore.report;

import java.sql.Timestamp;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * How the images of one set are spread, in a few hundred numbers.
 *
 * @param n images
 * @param scored when the last of them was
 * @param complexity C at the {@link Quantiles#rank ranks} of the grid, rising
 * @param vulnerability V likewise
 * @param asI AS-i likewise
 * @param gallery images at the levels of atypicality, or of AS-i where that is not known, lowest
 *     first
 */
record Shape(
    long n,
    Timestamp scored,
    double[] complexity,
    double[] vulnerability,
    double[] asI,
    List<GalleryImage> gallery) {

  /**
   * An image to show.
   *
   * @param rank in the gallery's order, from 0
   * @param imageId of the bytes that were scored
   * @param complexityError the standard error of C, or null where the image has one draw; likewise
   *     those of V and AS-i
   * @param atypicality robust standard deviations from the middle of the reference, or null
   */
  record GalleryImage(
      long rank,
      String path,
      String imageId,
      double complexity,
      double vulnerability,
      double asI,
      Double complexityError,
      Double vulnerabilityError,
      Double asIError,
      Double atypicality) {

    /** Of a row with these columns, the rank as {@code place}. */
    static GalleryImage of(Row row) {
      return new GalleryImage(
          row.<Number>getAs("place").longValue(),
          row.getAs("path"),
          row.getAs("image_id"),
          row.<Double>getAs("complexity"),
          row.<Double>getAs("vulnerability"),
          row.<Double>getAs("as_i"),
          row.<Double>getAs("complexity_std_err"),
          row.<Double>getAs("vulnerability_std_err"),
          row.<Double>getAs("as_i_std_err"),
          row.<Double>getAs("atypicality"));
    }
  }

  /** Lowest, three quartiles, highest. */
  static final int LEVELS = 5;

  /** How many images each level of a gallery shows: small sets are not shown twice. */
  static int perLevel(long n, int wanted) {
    return wanted == 0 ? 0 : (int) Math.max(1, Math.min(wanted, n / LEVELS));
  }

  /** The first rank of a level of {@code count} images. */
  private static long firstOfLevel(long n, int count, int level) {
    return level * (n - count) / (LEVELS - 1);
  }

  /** The images of a level: 0 is the lowest of all, 1, 2 and 3 the quartiles, 4 the highest. */
  List<GalleryImage> level(int level, int perLevel) {
    int count = perLevel(n, perLevel);
    long first = firstOfLevel(n, count, level);
    return gallery.stream()
        .filter(image -> image.rank() >= first && image.rank() < first + count)
        .toList();
  }
}
