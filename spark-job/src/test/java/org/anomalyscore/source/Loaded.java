package org.anomalyscore.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RejectReason;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;

/** What finder and reader make of a path, as a job would run them. */
final class Loaded {
  static final long MOST_BYTES = 3 << 20;

  private Loaded() {}

  static List<Row> rows(Path path) {
    return ImageFinder.find(TestSpark.session(), path.toString()).collectAsList().stream()
        .sorted(
            Comparator.comparing((Row row) -> row.<String>getAs("container") + "")
                .thenComparingLong(row -> row.<Long>getAs("position")))
        .toList();
  }

  /** By path, relative to the folder that holds {@code path}; in the order of their positions. */
  static Map<String, LoadedImage> images(Path path) throws IOException {
    return images(rows(path), "file:" + path.toRealPath().getParent() + "/");
  }

  /**
   * By what follows {@code prefix} in their paths; nothing is resized but 6 x 5 pixels to 5 x 5.
   */
  static Map<String, LoadedImage> images(List<Row> rows, String prefix) {
    Preprocessing preprocessing =
        new Preprocessing(5, Preprocessing.Resize.SQUASH, PillowResize.Filter.BOX);
    Map<String, LoadedImage> images = new LinkedHashMap<>();
    try (ItemReader reader =
        new ImageLoader(preprocessing, 10_000, MOST_BYTES).open(new Configuration())) {
      for (Row row : rows) {
        LoadedImage image = reader.load(row);
        String name = image.path();
        if (!name.startsWith(prefix)) {
          throw new AssertionError(name + " does not start with " + prefix);
        }
        if (images.put(name.substring(prefix.length()), image) != null) {
          throw new AssertionError("Twice: " + name);
        }
      }
    }
    return images;
  }

  /** The reject of an item, or of a file that could not be listed. */
  static String fault(LoadedImage image, RejectReason reason) {
    if (image == null || image.reason() != reason) {
      throw new AssertionError("Not rejected as " + reason + ": " + image);
    }
    return image.message();
  }
}
