package org.anomalyscore.it;

import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/** Reads written tables with plain Spark SQL, none of the job's classes being there. */
final class Tables {

  private Tables() {}

  /** The rows of a query as text; {@code {0}}, {@code {1}} stand for tables' folders. */
  static List<String> sql(String query, Path... folders) {
    String text = query;
    for (int i = 0; i < folders.length; i++) {
      text = text.replace("{" + i + "}", "parquet.`" + folders[i] + "`");
    }
    return query(text);
  }

  /** The rows of a query as text. */
  static List<String> query(String query) {
    return spark().sql(query).collectAsList().stream().map(Object::toString).toList();
  }

  /** Appends a query's rows to a table that need not be there yet. */
  static void write(String query, Path table, String... partitionColumns) {
    spark()
        .sql(query)
        .write()
        .mode("append")
        .partitionBy(partitionColumns)
        .parquet(table.toString());
  }

  /** Ends the session; the next query starts another. */
  static void close() {
    spark().stop();
  }

  /** Asked for each time: another test may have closed the one before. */
  private static SparkSession spark() {
    return SparkSession.builder()
        .master("local[1]")
        .appName("integration tests")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 1)
        .getOrCreate();
  }
}
