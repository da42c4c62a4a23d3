package org.anomalyscore.table;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/** Columns of numbers as arrays on the driver, 8 bytes a value: boxed rows never pile up. */
public final class DoubleColumns {

  private DoubleColumns() {}

  /**
   * Collects columns in the frame's order.
   *
   * @param columns of type double
   * @return an array a column, whose rows stand side by side; NaN for NULL
   */
  public static double[][] collect(Dataset<Row> rows, String... columns) {
    int width = columns.length;
    List<double[]> partitions =
        rows.select(Arrays.stream(columns).map(functions::col).toArray(Column[]::new))
            .javaRDD()
            .mapPartitions(partition -> List.of(pack(partition, width)).iterator())
            .collect();
    int n = partitions.stream().mapToInt(partition -> partition.length / width).sum();
    double[][] collected = new double[width][n];
    int i = 0;
    for (double[] partition : partitions) {
      for (int at = 0; at < partition.length; at += width, i++) {
        for (int column = 0; column < width; column++) {
          collected[column][i] = partition[at + column];
        }
      }
    }
    return collected;
  }

  private static double[] pack(Iterator<Row> rows, int width) {
    double[] packed = new double[256 * width];
    int length = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      if (length == packed.length) {
        packed = Arrays.copyOf(packed, 2 * length);
      }
      for (int column = 0; column < width; column++) {
        packed[length++] = row.isNullAt(column) ? Double.NaN : row.getDouble(column);
      }
    }
    return Arrays.copyOf(packed, length);
  }
}
