package org.anomalyscore.report;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ImagesByPath;
import org.anomalyscore.storage.Storage;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Reads the images of all galleries anew, by one Spark job. */
public final class Thumbnails {

  /** What all pictures of a report may take together; the page holds a third more, as text. */
  private static final int ALL_BYTES = 4_000_000;

  /** More would not be seen at the size that the page shows. */
  private static final int MOST_BYTES = 9_000;

  /** Pictures of plain files are so many a task. */
  private static final int FILES_A_TASK = 16;

  /** As score's limits: what was scored was not larger, and a task holds one image. */
  private static final long MAX_PIXELS = ImageLoader.MOST_PIXELS;

  private static final long MAX_FILE_BYTES = 1L << 30;

  private Thumbnails() {}

  /** Images of one file, which one task reads. */
  private record Wanted(String file, List<String> paths) implements Serializable {}

  /** How many images a level shows by itself: fewer where there are many sets. */
  public static int perLevel(int sets) {
    return Math.max(1, Math.min(6, 360 / sets));
  }

  /** How many bytes a picture may have, so that all together keep the report small. */
  public static int bytesEach(int pictures) {
    return Math.max(Thumbnail.LEAST_BYTES, Math.min(MOST_BYTES, ALL_BYTES / Math.max(1, pictures)));
  }

  /** Longer side of a picture of so many bytes, at a JPEG's usual density; pixels. */
  private static int side(int bytes) {
    return bytes > 5_000 ? 128 : bytes > 2_000 ? 96 : 64;
  }

  /**
   * Reads pictures.
   *
   * @param paths as in the tables
   * @param bytes that each may have
   * @return by path; an image that cannot be read has its fault
   */
  static Map<String, Thumbnail> read(SparkSession spark, Collection<String> paths, int bytes) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    ImagesByPath images = new ImagesByPath(side(bytes), MAX_PIXELS, MAX_FILE_BYTES);
    List<List<Wanted>> tasks = tasks(paths);
    Map<String, Thumbnail> thumbnails = new HashMap<>();
    if (!tasks.isEmpty()) {
      for (Thumbnail thumbnail :
          context
              .parallelize(tasks, tasks.size())
              .flatMap(task -> load(task, images, bytes, hadoop.value().value()))
              .collect()) {
        thumbnails.put(thumbnail.path(), thumbnail);
      }
    }
    return thumbnails;
  }

  private static List<List<Wanted>> tasks(Collection<String> paths) {
    Map<String, List<String>> byFile = new TreeMap<>();
    for (String path : new TreeSet<>(paths)) {
      byFile.computeIfAbsent(ImagesByPath.fileOf(path), file -> new ArrayList<>()).add(path);
    }
    List<List<Wanted>> tasks = new ArrayList<>();
    List<Wanted> plain = new ArrayList<>();
    for (Map.Entry<String, List<String>> file : byFile.entrySet()) {
      Wanted wanted = new Wanted(file.getKey(), file.getValue());
      if (!file.getValue().equals(List.of(file.getKey()))) {
        tasks.add(List.of(wanted));
        continue;
      }
      plain.add(wanted);
      if (plain.size() == FILES_A_TASK) {
        tasks.add(plain);
        plain = new ArrayList<>();
      }
    }
    if (!plain.isEmpty()) {
      tasks.add(plain);
    }
    return tasks;
  }

  private static Iterator<Thumbnail> load(
      List<Wanted> task, ImagesByPath images, int bytes, Configuration hadoop) {
    List<Thumbnail> thumbnails = new ArrayList<>();
    for (Wanted wanted : task) {
      images.load(
          wanted.file(),
          wanted.paths(),
          hadoop,
          image ->
              thumbnails.add(
                  image.isRejected()
                      ? Thumbnail.missing(image.path(), image.imageId(), image.message())
                      : Thumbnail.of(image.path(), image.imageId(), image.pixels(), bytes)));
    }
    return thumbnails.iterator();
  }
}
