package org.anomalyscore.sweep;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ItemReader;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.UserException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;

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

  private record Candidate(String imageId, String path, Row row) implements Serializable {
    static final Comparator<Candidate> ORDER =
        Comparator.comparing(Candidate::imageId).thenComparing(Candidate::path);
  }

  private record Part(List<Candidate> lowest, long found, long rejected) implements Serializable {}

  /**
   * Draws a sample. Reads and decodes the whole set, since the hash is of the images' bytes.
   *
   * @param set how a message names it
   * @param size of the sample; a smaller set is taken whole
   * @throws UserException if no image can be decoded
   */
  static ImageSample of(
      Dataset<Row> images,
      String set,
      int size,
      ImageLoader loader,
      Broadcast<SerializableConfiguration> hadoop) {
    List<Part> parts =
        images
            .javaRDD()
            .mapPartitions(
                rows -> {
                  try (ItemReader reader = loader.open(hadoop.value().value())) {
                    return List.of(lowest(rows, size, reader)).iterator();
                  }
                })
            .collect();
    List<Row> rows =
        parts.stream()
            .flatMap(part -> part.lowest.stream())
            .sorted(Candidate.ORDER)
            .limit(size)
            .map(Candidate::row)
            .toList();
    long found = parts.stream().mapToLong(Part::found).sum();
    if (rows.isEmpty()) {
      throw new UserException(
          "None of the %,d images of %s can be decoded. score lists the reasons in rejects."
              .formatted(found, set));
    }
    return new ImageSample(rows, found, parts.stream().mapToLong(Part::rejected).sum());
  }

  private static Part lowest(Iterator<Row> rows, int size, ItemReader reader) {
    PriorityQueue<Candidate> highestFirst = new PriorityQueue<>(Candidate.ORDER.reversed());
    long found = 0;
    long rejected = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      LoadedImage image = reader.load(row);
      found++;
      if (image.isRejected()) {
        rejected++;
        continue;
      }
      highestFirst.add(new Candidate(image.imageId(), image.path(), row));
      if (highestFirst.size() > size) {
        highestFirst.remove();
      }
    }
    return new Part(new ArrayList<>(highestFirst), found, rejected);
  }
}
