package org.anomalyscore.report;

import java.util.List;

/**
 * How the images of one set are spread, in a few hundred numbers.
 *
 * @param n images
 * @param complexity C at the {@link Quantiles#rank ranks} of the grid, rising
 * @param vulnerability V likewise
 * @param asI AS-i likewise
 * @param gallery images at the levels of AS-i, lowest first
 */
record Shape(
    long n, double[] complexity, double[] vulnerability, double[] asI, List<GalleryImage> gallery) {

  /**
   * An image to show.
   *
   * @param rank by AS-i, from 0
   * @param imageId of the bytes that were scored
   */
  record GalleryImage(
      long rank,
      String path,
      String imageId,
      double complexity,
      double vulnerability,
      double asI) {}

  /** The images of a level: 0 is the lowest AS-i, 1, 2 and 3 the quartiles, 4 the highest. */
  List<GalleryImage> level(int level, int perLevel) {
    int count = Quantiles.perLevel(n, perLevel);
    long first = Quantiles.firstOfLevel(n, count, level);
    return gallery.stream()
        .filter(image -> image.rank() >= first && image.rank() < first + count)
        .toList();
  }
}
