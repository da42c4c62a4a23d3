package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import java.io.Serializable;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
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
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Finds the images under a path, in any file system that Hadoop reaches: files, and the members of
 * containers (.tar, .zip, .npz, .parquet).
 *
 * <p>A file, or a member of an archive, is a candidate if its name ends, in any case, in one of the
 * extensions {@value #EXTENSION_LIST}. What it holds is not looked at: a text called {@code x.png}
 * is a candidate and later a reject, while {@code README.txt}, {@code _SUCCESS} or {@code
 * .DS_Store} beside the images are none and cost the user no reject. Names that begin with {@code
 * _} or {@code .} count as any other, in contrast to Spark's own readers, which would silently lose
 * {@code _x.png}; only {@code ._x.png}, the shadow file that macOS leaves on foreign disks, is left
 * out. For Parquet files Spark's rule holds: what tables keep under such names, or below {@code
 * _temporary} and {@code _delta_log}, is not their data.
 *
 * <p>A container that cannot be read, and one without an image, is a row too, with the reason.
 */
public final class ImageFinder {
  /**
   * Rows of {@link #find}: an image each. {@code path} (full, with scheme; {@code
   * CONTAINER!/MEMBER} in containers; unique), {@code length} in bytes, {@code modified}; {@code
   * container} and {@code position}, by which rows should be sorted before they are loaded; and
   * what {@link ItemReader} needs besides. Plain types, so that rows may be kept in a table.
   */
  public static final StructType SCHEMA = Item.SCHEMA;

  private static final String EXTENSION_LIST = "png, jpg, jpeg, webp, gif, bmp, tif, tiff";
  private static final Set<String> EXTENSIONS = Set.of(EXTENSION_LIST.split(", ", -1));

  private static final String CONTAINERS = ".tar, .zip, .npz and .parquet files";
  private static final Set<String> TABLE_FOLDERS = Set.of("_temporary", "_delta_log");

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
    Configuration hadoop = spark.sessionState().newHadoopConf();
    int wanted = ROOTS_PER_CORE * spark.sparkContext().defaultParallelism();
    List<ListingRoot> roots;
    try {
      requireReadableNames(hadoop, pathOrGlob);
      roots = new ListingPlan(hadoop, wanted).of(pathOrGlob);
    } catch (IOException e) {
      throw unlisted(pathOrGlob, e);
    }
    JavaRDD<Item> listed = list(spark, roots, ImageFinder::isWanted);
    Dataset<Row> images = spark.createDataFrame(expand(spark, listed).map(Item::toRow), SCHEMA);
    try {
      List<Row> first = images.takeAsList(ReadPermission.LOOKS);
      if (first.isEmpty()) {
        long others = list(spark, roots, file -> true).count();
        throw new UserException(
            "No images in '%s': %s. Images are the files that end in %s, and those in %s"
                .formatted(
                    pathOrGlob,
                    others == 0
                        ? "there is no file"
                        : "none of its %d files is one".formatted(others),
                    EXTENSION_LIST,
                    CONTAINERS));
      }
      ReadPermission.require(first.stream().map(ImageFinder::fileOf).toList(), hadoop);
    } catch (Exception e) {
      // Not RuntimeException: Scala throws the checked SparkException undeclared.
      throw userExceptionIn(pathOrGlob, e);
    }
    return images;
  }

  /** What a failed listing means to the user. */
  static UserException unlisted(String path, IOException e) {
    return StorageFault.of("Cannot look for images in '%s'".formatted(path), new Path(path), e);
  }

  private static String fileOf(Row item) {
    String container = item.getAs("container");
    return container == null ? item.getAs("path") : container;
  }

  /** In a POSIX locale Java passes over local files whose names are not ASCII. */
  private static void requireReadableNames(Configuration hadoop, String path) throws IOException {
    boolean local =
        "file".equals(Storage.of(Storage.path("--images", path), hadoop).getUri().getScheme());
    String encoding = System.getProperty("sun.jnu.encoding");
    if (local && !"UTF-8".equalsIgnoreCase(encoding)) {
      throw new UserException(
          "Cannot look for images in '%s': file names are read as %s, and files whose names that"
                  .formatted(path, encoding)
              + " cannot spell would be lost. Set the environment variable LC_ALL=C.UTF-8");
    }
  }

  private static JavaRDD<Item> list(SparkSession spark, List<ListingRoot> roots, Wanted wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    int slices = Math.min(roots.size(), ROOTS_PER_CORE * context.defaultParallelism());
    return context
        .parallelize(roots, slices)
        .flatMap(root -> closedWithTask(new FileWalk(root, hadoop.value().value(), wanted)))
        .map(Item::file);
  }

  /**
   * Replaces containers by their members. The files are dealt out to tasks anew, by a hash of their
   * paths: all containers often lie in one folder, which one task lists.
   */
  private static JavaRDD<Item> expand(SparkSession spark, JavaRDD<Item> files) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop = Storage.broadcastConfiguration(spark);
    return files
        .keyBy(Item::path)
        .partitionBy(new HashPartitioner(ROOTS_PER_CORE * context.defaultParallelism()))
        .values()
        .flatMap(file -> items(file, hadoop.value().value()));
  }

  private static Iterator<Item> items(Item file, Configuration hadoop) {
    if (ContainerFormat.of(file.path()) == null) {
      return Collections.singleton(file).iterator();
    }
    return closedWithTask(new ContainerItems(file, hadoop));
  }

  private static <T extends Iterator<?> & Closeable> T closedWithTask(T items) {
    TaskContext.get()
        .addTaskCompletionListener(
            (TaskCompletionListener) task -> IOUtils.cleanupWithLogger(null, items));
    return items;
  }

  private static boolean isWanted(FileStatus file) {
    String name = file.getPath().getName();
    ContainerFormat format = ContainerFormat.of(name);
    return format == ContainerFormat.PARQUET
        ? isData(file.getPath())
        : format != null || isImage(name);
  }

  /** Whether a Parquet file belongs to the data of a table, should it lie in one. */
  private static boolean isData(Path file) {
    boolean data = !file.getName().startsWith("_") && !file.getName().startsWith(".");
    for (Path up = file.getParent(); up != null; up = up.getParent()) {
      data &= !TABLE_FOLDERS.contains(up.getName());
    }
    return data;
  }

  /** Whether a file, or a member of an archive, is an image by its name. */
  static boolean isImage(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return EXTENSIONS.contains(extension) && name.indexOf('.') >= 0 && !name.startsWith("._");
  }

  /** Spark wraps what a task throws. */
  private static RuntimeException userExceptionIn(String path, Exception e) {
    UserException fault = StorageFault.in(e);
    return fault != null ? fault : new IllegalStateException("Cannot list '%s'".formatted(path), e);
  }

  /** Which files are listed. */
  private interface Wanted extends Predicate<FileStatus>, Serializable {}
}
