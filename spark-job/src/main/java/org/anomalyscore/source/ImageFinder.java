package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.HashPartitioner;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Finds the images under a path, in any file system that Hadoop reaches: files, and the members of
 * containers (.tar, .zip, .npz, .parquet).
 *
 * <p>A file, or a member of an archive, is a candidate if its name ends, in any case, in one of the
 * extensions {@value ImageNames#EXTENSION_LIST}. What it holds is not looked at: a text called
 * {@code x.png} is a candidate and later a reject, while {@code README.txt}, {@code _SUCCESS} or
 * {@code .DS_Store} beside the images are none and cost the user no reject; they are counted. With
 * {@link Search#anyName} other files are opened and told by their first bytes. Names that begin
 * with {@code _} or {@code .} count as any other, in contrast to Spark's own readers, which would
 * silently lose {@code _x.png}; only {@code ._x.png}, the shadow file that macOS leaves on foreign
 * disks, is left out. For Parquet files Spark's rule holds: what tables keep under such names, or
 * below {@code _temporary} and {@code _delta_log}, is not their data.
 *
 * <p>A container that cannot be read, and one without an image, is a row too, with the reason; so
 * is an image's name under which there is no regular file, and an entry that cannot be looked at.
 *
 * <p>Links of the local file system are followed to folders that nothing else leads to: each folder
 * is searched once, and {@link PassedOver} counts the links that are not followed. A link to a file
 * is a file. A folder that cannot be listed is a row with the reason, unless it is all that was
 * named.
 */
public final class ImageFinder {
  /**
   * Rows of {@link #find}: an image each. {@code path} (full, with scheme; {@code
   * CONTAINER!/MEMBER} in containers; unique), {@code length} in bytes, {@code modified}; {@code
   * container} and {@code position}, by which rows should be sorted before they are loaded; and
   * what {@link ItemReader} needs besides. Plain types, so that rows may be kept in a table.
   */
  public static final StructType SCHEMA = Item.SCHEMA;

  /** Trees are uneven; several a core let the quick tasks make up for the slow ones. */
  private static final int ROOTS_PER_CORE = 4;

  private ImageFinder() {}

  /**
   * Lists the images in a folder and all folders below it, in all that a glob matches, or a single
   * file or container. The driver looks at the top folders only, the executors list the rest;
   * nowhere are all files held. Plain files are not opened; containers are spread over tasks and
   * read as far as listing their members takes.
   *
   * @param pathOrGlob a path that exists is taken as it is written, brackets and all; else a glob
   *     as {@link org.apache.hadoop.fs.FileSystem#globStatus} defines it
   * @return rows of {@link #SCHEMA} in no certain order. Files are listed once; each action reads
   *     containers anew
   * @throws UserException if there is no such path, no image in it, or no permission to list it;
   *     where a task meets that later on, it is among the causes of Spark's exception
   */
  public static Dataset<Row> find(SparkSession spark, String pathOrGlob) {
    return find(spark, pathOrGlob, Search.BY_NAME, PassedOver.register(spark));
  }

  /**
   * As above.
   *
   * @param passedOver learns what is passed over; complete when all rows were computed
   */
  public static Dataset<Row> find(
      SparkSession spark, String pathOrGlob, Search search, PassedOver passedOver) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    Dataset<Row> images;
    try {
      requireReadableNames(hadoop, pathOrGlob);
      JavaRDD<Item> listed = listed(spark, hadoop, pathOrGlob, search, passedOver);
      JavaRDD<Item> expanded = expand(spark, listed, search, passedOver);
      images = spark.createDataFrame(expanded.map(Item::toRow), SCHEMA);
      List<Row> first = images.takeAsList(ReadPermission.LOOKS);
      if (first.isEmpty()) {
        throw nothing(pathOrGlob, passedOver.value());
      }
      ReadPermission.require(first.stream().map(ImageFinder::fileOf).toList(), hadoop);
    } catch (IOException e) {
      throw StorageFault.of(
          "Cannot look for images in '%s'".formatted(pathOrGlob), new Path(pathOrGlob), e);
    } catch (Exception e) {
      // Not RuntimeException: Scala throws the checked SparkException undeclared.
      throw userExceptionIn(pathOrGlob, e);
    }
    return images;
  }

  /**
   * Looks on this machine, without Spark, whether a path or glob leads to anything. Elsewhere
   * {@link #find} is the first to look.
   *
   * @throws UserException if there is no such path, or it cannot be looked at
   */
  public static void requireThere(Configuration hadoop, String pathOrGlob) {
    Path path = Storage.path("--images", pathOrGlob);
    if (Storage.isLocal(path, hadoop)) {
      try {
        requireReadableNames(hadoop, pathOrGlob);
        new ListingPlan(hadoop, 1).named(pathOrGlob);
      } catch (IOException e) {
        throw StorageFault.of("Cannot look for images in '%s'".formatted(pathOrGlob), path, e);
      }
    }
  }

  private static UserException nothing(String pathOrGlob, Map<String, Long> passedOver) {
    String text = PassedOver.text(passedOver);
    return new UserException(
        "No images in '%s': %s. Images are the files that end in %s, and those in %s"
            .formatted(
                pathOrGlob,
                text.isEmpty() ? "there is no file" : text,
                ImageNames.EXTENSION_LIST,
                ImageNames.CONTAINERS));
  }

  private static String fileOf(Row item) {
    String container = item.getAs("container");
    return container == null ? item.getAs("path") : container;
  }

  /** In a POSIX locale Java passes over local files whose names are not ASCII. */
  private static void requireReadableNames(Configuration hadoop, String path) {
    boolean local = Storage.isLocal(Storage.path("--images", path), hadoop);
    String encoding = System.getProperty("sun.jnu.encoding");
    if (local && !"UTF-8".equalsIgnoreCase(encoding)) {
      throw new UserException(
          "Cannot look for images in '%s': file names are read as %s, and files whose names that"
                  .formatted(path, encoding)
              + " cannot spell would be lost. Set the environment variable LC_ALL=C.UTF-8");
    }
  }

  /** Lists what was named, and then, as often as links lead to other folders, these. */
  private static JavaRDD<Item> listed(
      SparkSession spark,
      Configuration hadoop,
      String pathOrGlob,
      Search search,
      PassedOver passedOver)
      throws IOException {
    int wanted = ROOTS_PER_CORE * spark.sparkContext().defaultParallelism();
    ListingPlan plan = new ListingPlan(hadoop, wanted);
    List<ListingRoot> roots = plan.named(pathOrGlob);
    final boolean links = FileAccess.local(roots.get(0).folder(), hadoop) != null;
    FollowedLinks followed = new FollowedLinks(roots, hadoop);
    JavaRDD<Item> all = null;
    while (!roots.isEmpty()) {
      CollectionAccumulator<String> met = spark.sparkContext().collectionAccumulator("links");
      JavaRDD<Item> files = dealt(list(spark, plan.split(roots), search, met, passedOver));
      all = all == null ? files : all.union(files);
      if (links) {
        // What is listed stays with Spark for whatever is done with it next.
        files.isEmpty();
      }
      roots = followed.follow(met.value());
    }
    if (followed.notFollowed() > 0) {
      passedOver.add(
          new PassedOver.Counts(
              "links of " + pathOrGlob, Map.of(PassedOver.LINKS, followed.notFollowed())));
    }
    return all;
  }

  private static JavaRDD<Item> list(
      SparkSession spark,
      List<ListingRoot> roots,
      Search search,
      CollectionAccumulator<String> links,
      PassedOver passedOver) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    int slices = Math.min(roots.size(), ROOTS_PER_CORE * context.defaultParallelism());
    return context
        .parallelize(roots, slices)
        .flatMap(
            root ->
                closedWithTask(
                    new FileWalk(root, hadoop.value().value(), search, links, passedOver)));
  }

  /**
   * The files in other tasks, by a hash of their paths: all containers often lie in one folder,
   * which one task lists.
   */
  private static JavaRDD<Item> dealt(JavaRDD<Item> files) {
    int tasks = ROOTS_PER_CORE * files.context().defaultParallelism();
    return files.keyBy(Item::path).partitionBy(new HashPartitioner(tasks)).values();
  }

  /** Replaces containers by their members. */
  private static JavaRDD<Item> expand(
      SparkSession spark, JavaRDD<Item> files, Search search, PassedOver passedOver) {
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    return files.flatMap(
        item ->
            item instanceof Item.File file && ContainerFormat.of(file.path()) != null
                ? closedWithTask(
                    new ContainerItems(
                        file, hadoop.value().value(), search.mostMembers(), passedOver))
                : Collections.singleton(item).iterator());
  }

  private static <T extends Iterator<?> & Closeable> T closedWithTask(T items) {
    TaskContext.get()
        .addTaskCompletionListener(
            (TaskCompletionListener) task -> IOUtils.cleanupWithLogger(null, items));
    return items;
  }

  /** Spark wraps what a task throws. */
  private static RuntimeException userExceptionIn(String path, Exception e) {
    UserException fault = StorageFault.in(e);
    return fault != null ? fault : new IllegalStateException("Cannot list '%s'".formatted(path), e);
  }
}
