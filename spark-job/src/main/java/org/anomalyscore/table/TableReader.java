package org.anomalyscore.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.raise_error;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.TableFileFault;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Reads tables, beside whoever changes them. */
record TableReader(SparkSession spark, Path root) {

  private static final Set<String> SEARCHED =
      Set.of("run_id", "command", "status", "config_id", "dataset");

  private interface Reading<T> {
    T from(FileSystem fs, SwapState state) throws IOException;
  }

  /** What stands before or after a swap: looks again where one went on meanwhile. */
  private <T> T consistently(Reading<T> reading) {
    try {
      FileSystem fs = Storage.of(root, spark.sessionState().newHadoopConf());
      SwapState before = SwapState.read(fs, root);
      while (true) {
        T read = reading.from(fs, before);
        SwapState after = SwapState.read(fs, root);
        if (after.equals(before)) {
          return read;
        }
        before = after;
      }
    } catch (IOException e) {
      throw StorageFault.of("Cannot read the tables under " + root, root, e);
    }
  }

  /** See {@link TableStore#exists}. */
  boolean exists(Table table) {
    return consistently((fs, state) -> exists(fs, table, state));
  }

  private boolean exists(FileSystem fs, Table table, SwapState state) throws IOException {
    if (state.isPending()) {
      return !files(fs, table, state).isEmpty();
    }
    Path path = new Path(root, table.folder());
    FileStatus[] children;
    try {
      children = fs.listStatus(path);
    } catch (FileNotFoundException e) {
      return false;
    }
    if (children.length == 1 && children[0].getPath().equals(fs.makeQualified(path))) {
      throw new UserException(
          "Cannot read the table %s: it is a file, and a table is a folder. Move it away, or give"
                  .formatted(path)
              + " another folder of tables.");
    }
    // A first write that was killed leaves the folder with nothing but its own scratch files.
    for (FileStatus child : children) {
      String name = child.getPath().getName();
      if (!name.startsWith("_") && !name.startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  /** See {@link TableStore#read(Table)}. */
  Dataset<Row> read(Table table) {
    return consistently(
            (fs, state) -> {
              if (state.isPending()) {
                return read(table, files(fs, table, state));
              }
              if (!exists(fs, table, state)) {
                return none(table);
              }
              requireBytes(fs, table);
              return rows(
                  table,
                  new StructType(),
                  root,
                  List.of(new Path(root, table.folder()).toString()));
            })
        .drop(TableFile.COLUMN);
  }

  private Dataset<Row> none(Table table) {
    return spark
        .createDataFrame(List.<Row>of(), table.schema())
        .withColumn(TableFile.COLUMN, lit(""));
  }

  /** See {@link TableStore#files}. */
  List<TableFile> files(Table table) {
    return consistently((fs, state) -> files(fs, table, state));
  }

  /** Of a swap that is under way, the new files wherever they are and not those they replace. */
  private List<TableFile> files(FileSystem fs, Table table, SwapState state) throws IOException {
    Map<String, TableFile> files = new TreeMap<>();
    if (state.isPending()) {
      FileSwap.list(fs, state.staging(root), table.folder())
          .forEach(file -> files.put(file.name(), file));
    }
    // After those that wait: one that is moved meanwhile is found where it came to.
    for (TableFile file : FileSwap.list(fs, root, table.folder())) {
      if (!state.replaced().contains(file.name())) {
        files.put(file.name(), file);
      }
    }
    return List.copyOf(files.values());
  }

  /** See {@link TableStore#read(Table, List)}. */
  Dataset<Row> read(Table table, List<TableFile> files) {
    return read(table, files, new StructType());
  }

  /** See {@link TableStore#readWhole}. */
  Dataset<Row> readWhole(Table table, List<TableFile> files) {
    return read(table, files, ForeignColumns.of(spark, table, files));
  }

  private Dataset<Row> read(Table table, List<TableFile> files, StructType foreign) {
    Map<Path, List<String>> paths = new TreeMap<>();
    for (TableFile file : files) {
      paths.computeIfAbsent(file.base(), base -> new ArrayList<>()).add(file.path().toString());
    }
    Dataset<Row> all = null;
    for (Map.Entry<Path, List<String>> each : paths.entrySet()) {
      Dataset<Row> rows = rows(table, foreign, each.getKey(), each.getValue());
      all = all == null ? rows : all.union(rows);
    }
    return all == null ? none(table) : all;
  }

  /**
   * Rows of files.
   *
   * @param foreign columns that the files have beside the table's
   */
  private Dataset<Row> rows(Table table, StructType foreign, Path base, List<String> paths) {
    StructType schema = new StructType(foreign.fields());
    for (StructField field : table.schema().fields()) {
      schema = schema.add(field);
    }
    Dataset<Row> rows =
        spark
            .read()
            .schema(schema)
            .option("basePath", new Path(base, table.folder()).toString())
            .parquet(paths.toArray(String[]::new));
    for (String column : table.partitionColumns()) {
      rows = rows.where(col(column).isNotNull());
    }
    List<Column> columns = new ArrayList<>();
    Arrays.stream(foreign.fieldNames()).forEach(name -> columns.add(quoted(name)));
    Arrays.stream(table.schema().fields()).forEach(field -> columns.add(checked(table, field)));
    columns.add(col("_metadata.file_path").as(TableFile.COLUMN));
    return rows.select(columns.toArray(Column[]::new));
  }

  /** A name of another version may have a point in it, which Spark would read a struct by. */
  private static Column quoted(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  /**
   * Spark passes over a file of no bytes, as a machine that lost its power leaves one, and its rows
   * would vanish. Objects of S3 are written whole, so that its listing is not paid for twice.
   */
  private void requireBytes(FileSystem fs, Table table) throws IOException {
    if (fs.getScheme().startsWith("s3")) {
      return;
    }
    StringBuilder files = new StringBuilder();
    table.partitionColumns().forEach(column -> files.append(column).append("=*/"));
    Path folder = new Path(root, table.folder());
    for (FileStatus file : fs.globStatus(new Path(folder, files.append("*.parquet") + ""))) {
      if (file.getLen() == 0) {
        throw TableFileFault.empty(file.getPath());
      }
    }
  }

  /** Costs nothing where the column is not asked for. */
  private static Column checked(Table table, StructField field) {
    String name = field.name();
    // Columns by which files are chosen stay bare, since Parquet skips no row group by an
    // expression.
    // Where one of these is missing no row is chosen.
    if (field.nullable() || SEARCHED.contains(name) || table.partitionColumns().contains(name)) {
      return col(name);
    }
    Column fault =
        concat(
            lit(
                "The table %s has no value of its column '%s' in the file "
                    .formatted(table.folder(), name)),
            col("_metadata.file_path"),
            lit(". " + TableFileFault.REMEDY));
    return coalesce(col(name), raise_error(fault)).as(name);
  }
}
