package org.anomalyscore.table;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** The output folder that holds the {@link Table tables}; reads and appends on the driver. */
public final class TableStore {

  private final SparkSession spark;
  private final Path root;

  /**
   * Names the output folder; nothing is read or made yet.
   *
   * @param root a local path or any URI that Hadoop's file systems know
   */
  public TableStore(SparkSession spark, String root) {
    this.spark = Objects.requireNonNull(spark, "spark");
    this.root = Storage.path("The folder of the tables", root);
    if (root.matches(".*[\\[\\]{}*?].*")) {
      throw new UserException(
          "The folder of the tables is '"
              + root
              + "', but Spark would take []{}*? in it for a pattern. Give another.");
    }
  }

  /** Where a table lies, as a user would name it. */
  public String location(Table table) {
    Path path = path(table);
    return "file".equals(path.toUri().getScheme()) ? path.toUri().getPath() : path.toString();
  }

  private Path path(Table table) {
    return new Path(root, table.folder());
  }

  /**
   * Makes the output folder, before any work is done for it.
   *
   * @throws UserException when that cannot be, or when Spark would commit to S3 by renames
   */
  public void requireWritable() {
    try {
      FileSystem fs = Storage.of(root, hadoop());
      CommitProtocol.require(spark, fs);
      Path probe = new Path(root, "_writable-" + UUID.randomUUID());
      fs.mkdirs(root);
      fs.create(probe).close();
      fs.delete(probe, false);
    } catch (IOException e) {
      throw StorageFault.of(
          "Cannot write tables to %s, the folder of --out".formatted(root), root, e);
    }
  }

  private Configuration hadoop() {
    return spark.sessionState().newHadoopConf();
  }

  /** True when the table has been written at least once. */
  public boolean exists(Table table) {
    Path path = path(table);
    try {
      FileSystem fs = Storage.of(path, hadoop());
      if (!fs.exists(path)) {
        return false;
      }
      // A first write that was killed leaves the folder with nothing but its own scratch files.
      for (FileStatus child : fs.listStatus(path)) {
        String name = child.getPath().getName();
        if (!name.startsWith("_") && !name.startsWith(".")) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw StorageFault.of("Cannot read the tables under " + root, root, e);
    }
  }

  /**
   * All rows of a table; no rows where it was never written.
   *
   * <p>The schema is given and never inferred: a data set named {@code 007} stays text, and a table
   * without the optional {@code features} column reads as NULLs.
   */
  public Dataset<Row> read(Table table) {
    if (!exists(table)) {
      return spark.createDataFrame(List.<Row>of(), table.schema());
    }
    return spark.read().schema(table.schema()).parquet(path(table).toString());
  }

  /** Appends rows whose columns are named as the table's; columns it lacks must be nullable. */
  public void append(Table table, Dataset<Row> rows) {
    List<String> columns = List.of(rows.columns());
    Dataset<Row> ordered =
        rows.select(
            List.of(table.schema().fieldNames()).stream()
                .filter(columns::contains)
                .map(functions::col)
                .toArray(org.apache.spark.sql.Column[]::new));
    ordered
        .write()
        .mode(SaveMode.Append)
        .partitionBy(table.partitionColumns().toArray(String[]::new))
        .parquet(path(table).toString());
  }

  /** Appends rows that the driver holds, as one file. */
  public void append(Table table, List<Row> rows) {
    append(table, spark.createDataFrame(rows, table.schema()).coalesce(1));
  }
}
