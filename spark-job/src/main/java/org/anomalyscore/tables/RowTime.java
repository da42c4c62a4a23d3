package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.try_to_timestamp;

import java.util.Arrays;
import org.anomalyscore.table.Table;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** When the run began that wrote a row. */
final class RowTime {

  /** With which the id of a run begins. */
  private static final String OF_ID = "yyyyMMdd'T'HHmmss'Z'";

  private RowTime() {}

  /**
   * The table's first column of time, or where it has none the time in the run's id.
   *
   * @return NULL where the id has none
   */
  static Column of(Table table) {
    return Arrays.stream(table.schema().fields())
        .filter(field -> field.dataType().equals(DataTypes.TimestampType))
        .map(StructField::name)
        .findFirst()
        .map(name -> col(name))
        .orElseGet(() -> try_to_timestamp(substring(col("run_id"), 1, 16), lit(OF_ID)));
  }
}
