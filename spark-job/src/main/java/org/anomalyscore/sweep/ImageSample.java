package org.anomalyscore.sweep;

import java.io.Serializable;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.UserException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Images of a set that stand for the whole: those whose image_id is lowest among all that can be
 * decoded. An image_id is a hash of the image's bytes, so that this is a random sample, and the
 * same in any listing, order and place.
 *
 * @param rows of {@link org.anomalyscore.source.ImageFinder#SCHEMA}, by image_id and path
 * @param found images in the set
 * @param rejected how many of them cannot be decoded
 */
record ImageSample(List<Row> rows, long found, long rejected) {

  /**
   * An image that was looked at.
   *
   * @param imageId null where it cannot be decoded
   */
  private record Seen(String imageId, String path, Row row)
      implements Comparable<Seen>, Serializable {

    private static final Comparator<Seen> ORDER =
        Comparator.comparing(Seen::imageId).thenComparing(Seen::path);

    static Seen of(Row row, ItemReader reader) {
      LoadedImage image = reader.load(row);
      return new Seen(image.isRejected() ? null : image.imageId(), image.path(), row);
    }

    boolean isDecoded() {
      return imageId != null;
    }

    @Override
    public int compareTo(Seen other) {
      return ORDER.compare(this, other);
    }
  }

  /**
   * Draws a sample. Reads and decodes the whole set, since the hash is of the images' bytes.
   *
   * @param set how a message names it
   * @param size of the sample; a smaller set is taken whole
   * @throws UserException if no image can be decoded
   */
  static ImageSample of(Dataset<Row> images, String set, int size, ScoreEngine engine) {
    JavaRDD<Seen> seen =
        images
            .javaRDD()
            .mapPartitions(
                rows -> {
                  ItemReader reader = engine.openReader();
                  return stream(rows).map(row -> Seen.of(row, reader)).iterator();
                })
            // What is counted is what is drawn from, and no image is decoded twice.
            .persist(StorageLevel.DISK_ONLY());
    try {
      JavaRDD<Seen> decoded = seen.filter(Seen::isDecoded);
      long found = seen.count();
      long good = decoded.count();
      if (good == 0) {
        throw new UserException(
            "None of the %,d images of %s can be decoded. score lists the reasons in rejects."
                .formatted(found, set));
      }
      List<Row> rows = decoded.takeOrdered(size).stream().map(Seen::row).toList();
      return new ImageSample(rows, found, found - good);
    } finally {
      seen.unpersist(false);
    }
  }

  private static Stream<Row> stream(Iterator<Row> rows) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, 0), false);
  }
}
