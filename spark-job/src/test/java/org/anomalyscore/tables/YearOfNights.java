package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Writes the tables that so many nights of so many generators leave, each into the same folder of
 * images every night, so that each night's rows replace those of the night before: a file of scores
 * and one of runs a set and night, and a file of evaluations a night.
 *
 * <p>Arguments: folder, nights, sets, images a set.
 */
final class YearOfNights {

  private static final String BEGIN = "timestamp '2025-01-01 02:00:00'";

  private final SparkSession spark;
  private final Path folder;
  private final int nights;
  private final int sets;
  private final int images;

  private YearOfNights(SparkSession spark, Path folder, int nights, int sets, int images) {
    this.spark = spark;
    this.folder = folder;
    this.nights = nights;
    this.sets = sets;
    this.images = images;
  }

  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .getOrCreate()) {
      new YearOfNights(
              spark,
              Path.of(arguments[0]),
              Integer.parseInt(arguments[1]),
              Integer.parseInt(arguments[2]),
              Integer.parseInt(arguments[3]))
          .write();
    }
  }

  private void write() throws IOException {
    Dataset<Row> each =
        spark
            .range(nights)
            .selectExpr("id AS night", BEGIN + " + make_interval(0, 0, 0, CAST(id AS INT)) AS at")
            .crossJoin(
                spark
                    .range(sets + 1L)
                    .selectExpr("IF(id = 0, 'real', concat('gan-', id)) AS dataset", "id AS place"))
            .withColumn("config_id", lit("c0"))
            .withColumn(
                "run_id", expr("concat(date_format(at, \"yyyyMMdd'T'HHmmss'Z'\"), '-', dataset)"));
    Dataset<Row> scores =
        each.crossJoin(spark.range(images).selectExpr("id AS image"))
            .selectExpr(
                "*",
                "sha2(concat(dataset, night, image), 256) AS image_id",
                "concat('file:/images/', dataset, '/', image, '.png') AS path",
                "0.5D + 0.3D * rand(1) AS complexity",
                "10D + 3D * rand(2) + place * 0.01D AS vulnerability")
            .selectExpr(
                "*",
                "vulnerability / complexity AS as_i",
                "32 AS width",
                "32 AS height",
                "1D AS step_norm",
                "0.01D AS complexity_floor",
                "'png' AS format",
                "'net' AS model",
                "at AS scored_at");
    write(Table.SCORES, scores, List.of("config_id", "dataset", "night"));
    Dataset<Row> runs =
        each.withColumn("command", lit("score"))
            .withColumn("status", lit(Run.COMPLETE))
            .withColumn("started_at", col("at"))
            .withColumn("seconds", lit(60.0))
            .withColumn(
                "configuration",
                expr("to_json(named_struct('images', concat('/images/', dataset)))"))
            .withColumn("scored", lit((long) images))
            .withColumn("rejected", lit(0L));
    for (String column :
        List.of("project_version", "git_commit", "spark_version", "java_version", "os")) {
      runs = runs.withColumn(column, lit("x"));
    }
    write(Table.RUNS, runs, List.of("dataset", "night"));
    write(
        Table.EVALUATIONS,
        each.where("dataset <> 'real'")
            .selectExpr(
                "*",
                "at AS evaluated_at",
                "'net' AS model",
                "'real' AS reference",
                images + "L AS n_reference",
                images + "L AS n",
                "0.1D AS anomaly_score",
                "0.95D AS confidence",
                "1000 AS permutations",
                "1000 AS resamples",
                "0L AS seed"),
        List.of("night"));
    write(
        Table.REJECTS,
        each.selectExpr("*", "'' AS path", "'' AS reason", "'' AS message", "at AS rejected_at")
            .limit(0),
        List.of());
    System.out.println(Json.write(List.of(nights, sets, images)));
  }

  /**
   * Writes one file for each value of some columns.
   *
   * @param by those columns; those that are no partitions of the table are not in a folder's name
   */
  private void write(Table table, Dataset<Row> rows, List<String> by) throws IOException {
    Path to = folder.resolve(table.folder());
    Path scratch = folder.resolve("scratch-" + table.folder());
    // What is a folder's name is left out of the files, but the tables want some of it in them.
    List<String> keys = by.stream().map(column -> "by_" + column).toList();
    Dataset<Row> named = rows;
    for (String column : by) {
      named = named.withColumn("by_" + column, col(column));
    }
    Column[] all =
        Stream.concat(Arrays.stream(table.schema().fieldNames()), keys.stream())
            .filter(Set.of(named.columns())::contains)
            .filter(name -> !table.partitionColumns().contains(name))
            .map(functions::col)
            .toArray(Column[]::new);
    (by.isEmpty()
            ? named.select(all).coalesce(1)
            : named
                .repartition(64, keys.stream().map(functions::col).toArray(Column[]::new))
                .select(all))
        .write()
        .partitionBy(keys.toArray(String[]::new))
        .parquet(scratch.toString());
    List<Path> files;
    try (Stream<Path> tree = Files.walk(scratch)) {
      files =
          tree.filter(file -> file.getFileName().toString().matches("part-.*\\.parquet")).toList();
    }
    int number = 0;
    for (Path file : files) {
      Path place = to;
      for (String column : table.partitionColumns()) {
        place =
            place.resolve(
                scratch
                    .relativize(file)
                    .getName(by.indexOf(column))
                    .toString()
                    .substring("by_".length()));
      }
      Files.createDirectories(place);
      Files.move(file, place.resolve("part-%05d-year.snappy.parquet".formatted(number++)));
    }
    try (Stream<Path> tree = Files.walk(scratch)) {
      tree.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    }
  }
}
