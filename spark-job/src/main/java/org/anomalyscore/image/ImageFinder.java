package org.anomalyscore.image;

import java.io.IOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.anomalyscore.table.Storage;
import org.anomalyscore.table.StorageFault;
import org.anomalyscore.table.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Finds the image files under a path, in any file system that Hadoop reaches.
 *
 * <p>A file is a candidate if its name ends, in any case, in one of the extensions {@value
 * #EXTENSION_LIST}. What it holds is not looked at: a text called {@code x.png} is a candidate and
 * later a reject, while {@code README.txt}, {@code _SUCCESS} or {@code .DS_Store} beside the images
 * are none and cost the user no reject. Names that begin with {@code _} or {@code .} count as any
 * other, in contrast to Spark's own readers, which would silently lose {@code _x.png}; only {@code
 * ._x.png}, the shadow file that macOS leaves on foreign disks, is left out.
 */
public final class ImageFinder {
  /** Rows of {@link #find}: full path with scheme, length in bytes, time of last change. */
  public static final StructType SCHEMA =
      new StructType()
          .add("path", DataTypes.StringType, false)
          .add("length", DataTypes.LongType, false)
          .add("modified", DataTypes.TimestampType, false);

  private static final String EXTENSION_LIST = "png, jpg, jpeg, webp, gif, bmp, tif, tiff";
  private static final Set<String> EXTENSIONS = Set.of(EXTENSION_LIST.split(", ", -1));

  /** Trees are uneven; several a core let the quick tasks make up for the slow ones. */
  private static final int ROOTS_PER_CORE = 4;

  private ImageFinder() {}

  /**
   * Lists the images in a folder and all folders below it, in all that a glob matches, or a single
   * one. The driver looks at the top folders only, the executors list the rest; nowhere are all
   * files held, and no file is opened.
   *
   * @param pathOrGlob a path that exists is taken as it is written, brackets and all; else a glob
   *     as {@link org.apache.hadoop.fs.FileSystem#globStatus} defines it
   * @return rows of {@link #SCHEMA} in no certain order; lazy: each action lists anew
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
    Dataset<Row> images = list(spark, roots, ImageFinder::isImage);
    try {
      List<Row> first = images.takeAsList(ReadPermission.LOOKS);
      if (first.isEmpty()) {
        long others = list(spark, roots, file -> true).count();
        throw new UserException(
            "No images in '%s': %s. Images are the files that end in %s"
                .formatted(
                    pathOrGlob,
                    others == 0 ? "it is empty" : "none of its %d files is one".formatted(others),
                    EXTENSION_LIST));
      }
      ReadPermission.require(first.stream().map(row -> row.getString(0)).toList(), hadoop);
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

  private static Dataset<Row> list(SparkSession spark, List<ListingRoot> roots, Wanted wanted) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
    int slices = Math.min(roots.size(), ROOTS_PER_CORE * context.defaultParallelism());
    JavaRDD<Row> files =
        context
            .parallelize(roots, slices)
            .flatMap(root -> rows(new FileWalk(root, hadoop.value().value(), wanted)));
    return spark.createDataFrame(files, SCHEMA);
  }

  private static Iterator<Row> rows(FileWalk files) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return files.hasNext();
      }

      @Override
      public Row next() {
        FileStatus file = files.next();
        return RowFactory.create(
            file.getPath().toString(), file.getLen(), new Timestamp(file.getModificationTime()));
      }
    };
  }

  private static boolean isImage(FileStatus file) {
    String name = file.getPath().getName();
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
