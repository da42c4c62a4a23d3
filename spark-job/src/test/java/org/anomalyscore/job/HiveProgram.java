package org.anomalyscore.job;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Registers tables in Hive's metastore, and asks another session for their rows.
 *
 * <p>Arguments: folder of the tables, folder of the metastore.
 */
final class HiveProgram {

  private HiveProgram() {}

  public static void main(String[] arguments) throws IOException {
    Path metastore = Path.of(arguments[1]);
    System.setProperty("spark.sql.catalogImplementation", "hive");
    System.setProperty("spark.sql.warehouse.dir", metastore.resolve("warehouse").toString());
    System.setProperty("derby.stream.error.file", metastore.resolve("derby.log").toString());
    System.setProperty(
        "spark.hadoop.javax.jdo.option.ConnectionURL",
        "jdbc:derby:;databaseName=" + metastore.resolve("db") + ";create=true");
    // The second time over what is registered.
    for (int time = 0; time < 2; time++) {
      int code =
          Main.run(
              "tables",
              "register",
              "--tables",
              arguments[0],
              "--database",
              "nights",
              "--master",
              "local[1]");
      if (code != 0) {
        System.exit(code);
      }
    }
    try (SparkSession spark = SparkSession.builder().master("local[1]").getOrCreate()) {
      String query =
          "SELECT dataset, typeof(dataset), count(*) FROM nights.current_scores GROUP BY dataset"
              + " ORDER BY dataset";
      for (Row row : spark.sql(query).collectAsList()) {
        System.out.println("ROW " + row.mkString(" "));
      }
    }
  }
}
