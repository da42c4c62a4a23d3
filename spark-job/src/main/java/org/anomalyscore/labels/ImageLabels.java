package org.anomalyscore.labels;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.trim;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A label for each image, from the name of its folder or from a file of paths and labels.
 *
 * <p>A path of the file means the image whose full path it is, or ends with, at a folder's border:
 * {@code cat/12.png} for {@code file:/data/cat/12.png}. A blank label is none.
 *
 * @param images the columns of the scores, {@code label} (never null), and of {@link #grouped}
 *     {@code group}, which is empty where the file names none
 * @param unmatched paths of the file that are of no image of the set
 * @param cached what {@link #close} frees, or null
 */
record ImageLabels(Dataset<Row> images, long unmatched, Dataset<Row> cached)
    implements AutoCloseable {

  /** The name of the folder that an image lies in; of a container's own, the container's. */
  static ImageLabels byFolder(Dataset<Row> scores) {
    return new ImageLabels(
        scores
            .withColumn("label", regexp_extract(col("path"), "([^/]*?)!?/[^/]*$", 1))
            .where(col("label").notEqual("")),
        0,
        null);
  }

  /**
   * Joins a file of labels; its other columns do not matter.
   *
   * @param file CSV with a header, or Parquet; columns {@code path} and {@code label}
   * @throws UserException if it cannot be read, matches no image, or is ambiguous
   */
  static ImageLabels ofFile(SparkSession spark, Dataset<Row> scores, String dataset, String file) {
    return join(scores, dataset, file, read(spark, file), false);
  }

  /**
   * Joins a file of labels and groups.
   *
   * @param file as of {@link #ofFile}; a column {@code group} if there are groups
   * @throws UserException also if an image has several groups, or the column is named otherwise
   */
  static ImageLabels grouped(SparkSession spark, Dataset<Row> scores, String dataset, String file) {
    Dataset<Row> given = read(spark, file);
    List<String> columns = Arrays.asList(given.columns());
    for (String column : columns) {
      if (column.strip().equalsIgnoreCase("group") && !column.equals("group")) {
        throw new UserException(
            "The labels "
                + file
                + " have a column '"
                + column
                + "', which is not 'group'. Name it 'group' to compare images within groups, or"
                + " leave it out.");
      }
    }
    return join(scores, dataset, file, given, columns.contains("group"));
  }

  private static ImageLabels join(
      Dataset<Row> scores, String dataset, String file, Dataset<Row> given, boolean grouped) {
    Dataset<Row> labels =
        given
            .select(
                col("path").cast("string").as("given"),
                trim(col("label").cast("string")).as("label"),
                (grouped ? coalesce(trim(col("group").cast("string")), lit("")) : lit(""))
                    .as("group"))
            .where("given IS NOT NULL AND label <> ''")
            .distinct()
            .withColumn("end", concat(lit("/"), regexp_replace(col("given"), "^(\\.?/)+", "")))
            .withColumn("name", regexp_extract(col("given"), "[^/]*$", 0));
    Dataset<Row> images = scores.withColumn("its_name", regexp_extract(col("path"), "[^/]*$", 0));
    Dataset<Row> joined =
        images
            .join(
                labels,
                col("its_name")
                    .equalTo(col("name"))
                    .and(col("path").equalTo(col("given")).or(col("path").endsWith(col("end")))))
            .drop("its_name", "name", "end")
            .persist();
    try {
      long paths = labels.select("given").distinct().count();
      long matched = joined.select("given").distinct().count();
      if (matched == 0) {
        throw new UserException(
            "No path in "
                + file
                + " is that of an image of data set '"
                + dataset
                + "'. The file has "
                + example(labels, "given")
                + ", the data set "
                + example(scores, "path")
                + ". Give full paths, or their last parts.");
      }
      refuse(
          several(joined, "given", "path"),
          "The path %s in %s is the end of the paths of several images, such as %s and %s. Give"
              + " more of it.",
          file);
      refuse(
          several(joined, "path", "label"),
          "The image %s has several labels in %s, such as '%s' and '%s'. Leave one of them.",
          file);
      refuse(
          several(joined, "path", "group"),
          "The image %s has several groups in %s, such as '%s' and '%s'. Leave one of them.",
          file);
      return new ImageLabels(joined.drop("given").distinct(), paths - matched, joined);
    } catch (UserException e) {
      joined.unpersist();
      throw e;
    }
  }

  @Override
  public void close() {
    if (cached != null) {
      cached.unpersist();
    }
  }

  /** What has several values of a column, with two of them. */
  private static Dataset<Row> several(Dataset<Row> rows, String key, String column) {
    return rows.groupBy(col(key).as("what"))
        .agg(min(column).as("first"), max(column).as("last"), countDistinct(column).as("n"))
        .where("n > 1")
        .limit(1);
  }

  private static void refuse(Dataset<Row> several, String message, String file) {
    List<Row> found = several.collectAsList();
    if (!found.isEmpty()) {
      Row row = found.get(0);
      throw new UserException(
          String.format(message, row.getAs("what"), file, row.getAs("first"), row.getAs("last")));
    }
  }

  private static String example(Dataset<Row> rows, String column) {
    String first = rows.select(min(column).as("first")).first().getAs("first");
    return first == null ? "none" : "'" + first + "'";
  }

  private static Dataset<Row> read(SparkSession spark, String file) {
    Path path = Storage.path("--labels", file);
    try {
      if (!Storage.of(path, spark.sessionState().newHadoopConf()).exists(path)) {
        throw new UserException("There is no file of labels " + file + ". Correct --labels.");
      }
    } catch (IOException e) {
      throw StorageFault.of("Cannot read the labels " + file, path, e);
    }
    boolean csv = file.matches("(?i).*\\.csv(\\.gz)?");
    if (!csv && !file.matches("(?i).*\\.parquet/?")) {
      throw new UserException(
          "The file of --labels, "
              + file
              + ", is of no known format. Give a .csv or a .parquet file.");
    }
    Dataset<Row> rows =
        csv
            // A quote within quotes is doubled, as spreadsheets and pandas write it.
            ? spark.read().option("header", true).option("escape", "\"").csv(path.toString())
            : spark.read().parquet(path.toString());
    List<String> columns = Arrays.asList(rows.columns());
    if (!columns.containsAll(List.of("path", "label"))) {
      throw new UserException(
          "The labels "
              + file
              + " have the columns "
              + columns
              + ". Name one 'path' and one 'label'"
              + (csv ? ", in the first line." : "."));
    }
    return rows;
  }
}
