package org.anomalyscore.functions;

import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.stats.Oracle;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The one Spark session of this module's tests, and what they ask of it; it ends with the JVM. */
final class SqlSession {
  static final SparkSession SPARK =
      SparkSession.builder()
          .master("local[2]")
          .appName("tests")
          .config("spark.ui.enabled", false)
          .config("spark.sql.shuffle.partitions", 3)
          .config("spark.sql.extensions", AnomalyScoreExtensions.class.getName())
          .getOrCreate();

  private static final StructType SCHEMA =
      new StructType()
          .add("c", DataTypes.DoubleType)
          .add("v", DataTypes.DoubleType)
          .add("r", DataTypes.BooleanType);

  private SqlSession() {}

  /** The one value of the one row of a query. */
  static Object value(String query) {
    List<Row> rows = SPARK.sql(query).collectAsList();
    if (rows.size() != 1 || rows.get(0).length() != 1) {
      throw new AssertionError(query + " gives " + rows);
    }
    return rows.get(0).get(0);
  }

  /** Rows (c, v, is_reference); any may be null. */
  static Row row(Double c, Double v, Boolean isReference) {
    return RowFactory.create(c, v, isReference);
  }

  static List<Row> rows(Oracle.Points data) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < data.x1.length; i++) {
      rows.add(row(data.x1[i], data.y1[i], true));
    }
    for (int i = 0; i < data.x2.length; i++) {
      rows.add(row(data.x2[i], data.y2[i], false));
    }
    return rows;
  }

  static Dataset<Row> table(List<Row> rows) {
    return SPARK.createDataFrame(rows, SCHEMA);
  }

  /** Makes the rows the view {@code t (c double, v double, r boolean)}. */
  static void view(List<Row> rows) {
    table(rows).createOrReplaceTempView("t");
  }
}
