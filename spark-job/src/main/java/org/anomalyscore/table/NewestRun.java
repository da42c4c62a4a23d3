package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;

import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;

/** Which run of several is the newest: the one that began last, of equal times the greater id. */
public final class NewestRun {

  private static final String NEWEST = "newest_run";

  private NewestRun() {}

  /**
   * The rows that the newest run of each group wrote.
   *
   * @param rows of a table with a column {@code run_id}
   * @param time the column that says when a run began, the same in all rows of a run
   * @param key the columns that make a group; NULLs are of one group
   */
  public static Dataset<Row> rows(Dataset<Row> rows, String time, String... key) {
    Column run = struct(col(time), col("run_id"));
    Column[] group = Arrays.stream(key).map(functions::col).toArray(Column[]::new);
    return rows.withColumn(NEWEST, max(run).over(Window.partitionBy(group)))
        .where(col(NEWEST).equalTo(run))
        .drop(NEWEST);
  }

  /**
   * The same of rows that the driver holds.
   *
   * @param key see {@link #rows(Dataset, String, String...)}
   */
  static List<Row> rows(List<Row> rows, String time, String... key) {
    Comparator<Row> byRun =
        Comparator.<Row, Timestamp>comparing(row -> row.getAs(time))
            .thenComparing(row -> row.getAs("run_id"));
    Map<List<Object>, Row> newest = new HashMap<>();
    for (Row row : rows) {
      newest.merge(group(row, key), row, BinaryOperator.maxBy(byRun));
    }
    return rows.stream()
        .filter(row -> byRun.compare(row, newest.get(group(row, key))) == 0)
        .toList();
  }

  private static List<Object> group(Row row, String... key) {
    return Arrays.stream(key).map(row::<Object>getAs).toList();
  }
}
