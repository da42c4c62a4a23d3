package org.anomalyscore.classify;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.pixels.PillowResize;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ImagesByPath;
import org.anomalyscore.source.LoadedImage;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Decodes images that were scored, and resizes each to a square as {@code score} does: squashed, by
 * Pillow's bicubic filter.
 *
 * @param size side of the square, pixels
 * @param maxPixels images with more are not decoded
 * @param hadoop how tasks reach the file systems that the driver reaches
 */
record PixelLoader(int size, long maxPixels, Broadcast<SerializableConfiguration> hadoop)
    implements FlatMapFunction<Iterator<PixelLoader.Wanted>, PixelLoader.Found> {

  /** Members of one container are so many a task. */
  private static final int MEMBERS_A_TASK = 500;

  /** Images of one file, which is opened once for them. */
  record Wanted(String file, List<PixelImage> images) implements Serializable {}

  /**
   * What became of an image.
   *
   * @param levels see {@link PixelSets}; null where there are none
   * @param fault why there are none
   */
  // The array is the content, and images are never compared or used as keys.
  @SuppressWarnings("ArrayRecordComponent")
  record Found(PixelImage image, byte[] levels, String fault) implements Serializable {

    /**
     * How many images are left out, and why, by the first of each reason.
     *
     * @param images of which some are left out
     */
    static String faults(List<Found> images) {
      Map<String, List<String>> byFault = new TreeMap<>();
      for (Found found : images) {
        if (found.fault() != null) {
          byFault
              .computeIfAbsent(found.fault(), fault -> new ArrayList<>())
              .add(found.image().path());
        }
      }
      long dropped = byFault.values().stream().mapToLong(List::size).sum();
      Map.Entry<String, List<String>> first =
          byFault.entrySet().stream()
              .max(Comparator.comparing(entry -> entry.getValue().size()))
              .orElseThrow();
      return String.format(
          Locale.ROOT,
          "%,d of %,d cannot be used, as %s: %s",
          dropped,
          images.size(),
          first.getValue().get(0),
          first.getKey());
    }
  }

  /** Loads images, in no certain order. */
  List<Found> load(JavaSparkContext context, List<PixelImage> images) {
    Map<String, List<PixelImage>> byFile = new LinkedHashMap<>();
    for (PixelImage image : images) {
      byFile
          .computeIfAbsent(ImagesByPath.fileOf(image.path()), file -> new ArrayList<>())
          .add(image);
    }
    List<Wanted> wanted = new ArrayList<>();
    byFile.forEach(
        (file, members) -> {
          for (int from = 0; from < members.size(); from += MEMBERS_A_TASK) {
            int to = Math.min(members.size(), from + MEMBERS_A_TASK);
            wanted.add(new Wanted(file, new ArrayList<>(members.subList(from, to))));
          }
        });
    int parts = Math.min(wanted.size(), 4 * context.defaultParallelism());
    return context.parallelize(wanted, Math.max(1, parts)).mapPartitions(this).collect();
  }

  @Override
  public Iterator<Found> call(Iterator<Wanted> files) {
    Preprocessing square =
        new Preprocessing(size, Preprocessing.Resize.SQUASH, PillowResize.Filter.BICUBIC);
    ImagesByPath images = new ImagesByPath(square::apply, maxPixels, ImageLoader.MOST_FILE_BYTES);
    List<Found> found = new ArrayList<>();
    while (files.hasNext()) {
      Wanted wanted = files.next();
      // A path may be an image of two data sets.
      Map<String, List<PixelImage>> byPath = new LinkedHashMap<>();
      for (PixelImage image : wanted.images()) {
        byPath.computeIfAbsent(image.path(), path -> new ArrayList<>()).add(image);
      }
      images.load(
          wanted.file(),
          byPath.keySet(),
          hadoop.value().value(),
          loaded -> {
            TaskContext.get().killTaskIfInterrupted();
            byPath.get(loaded.path()).forEach(image -> found.add(found(image, loaded)));
          });
    }
    return found.iterator();
  }

  private static Found found(PixelImage image, LoadedImage loaded) {
    if (loaded.isRejected()) {
      return new Found(image, null, loaded.message());
    }
    if (!image.imageId().equals(loaded.imageId())) {
      return new Found(image, null, "the file has changed since it was scored");
    }
    return new Found(image, loaded.pixels().rgb(), null);
  }
}
