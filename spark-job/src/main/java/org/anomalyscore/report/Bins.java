package org.anomalyscore.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Counts of one set.
 *
 * @param joint images by bin {@code SIDE * (bin of C) + (bin of V)}; empty bins are absent
 * @param asI images by bin of AS-i, {@value #LENGTH} of them
 */
record Bins(TreeMap<Integer, Long> joint, long[] asI) {

  /** Bins of C, and of V; the page merges neighbours where a set is small. */
  static final int SIDE = 48;

  /** Bins of AS-i. */
  static final int LENGTH = 48;

  /** The axes of a comparison. */
  record Axes(Range complexity, Range vulnerability, Range asI) {}

  /**
   * Counts all sets by one query.
   *
   * @param rows of {@link ScoredImages#of}
   * @param axes by comparison
   * @return by the set's id; sets without rows are absent
   */
  static Map<Integer, Bins> of(
      SparkSession spark, Dataset<Row> rows, List<ReportedSet> sets, Map<Integer, Axes> axes) {
    Column joint =
        bin("complexity", "c", SIDE).multiply(SIDE).plus(bin("vulnerability", "v", SIDE));
    // Bins of AS-i follow those of the pairs, so that one query counts both.
    Column asI = bin("as_i", "a", LENGTH).plus(SIDE * SIDE);
    Dataset<Row> binned =
        rows.join(functions.broadcast(ranges(spark, sets, axes)), "set")
            .select(col("set"), explode(array(joint, asI)).as("bin"));
    Map<Integer, Bins> bins = new HashMap<>();
    for (Row row : binned.groupBy("set", "bin").count().collectAsList()) {
      Bins counts =
          bins.computeIfAbsent(
              row.<Integer>getAs("set"), set -> new Bins(new TreeMap<>(), new long[LENGTH]));
      int bin = row.<Integer>getAs("bin");
      long count = row.<Long>getAs("count");
      if (bin < SIDE * SIDE) {
        counts.joint().put(bin, count);
      } else {
        counts.asI()[bin - SIDE * SIDE] = count;
      }
    }
    return bins;
  }

  private static Column bin(String value, String range, int count) {
    return expr(
        "cast(least(greatest(floor((%1$s - %2$s_low) / (%2$s_high - %2$s_low) * %3$d), 0), %3$d - 1) as int)"
            .formatted(value, range, count));
  }

  private static Dataset<Row> ranges(
      SparkSession spark, List<ReportedSet> sets, Map<Integer, Axes> axes) {
    StructType schema = new StructType().add("set", DataTypes.IntegerType);
    for (String range : List.of("c", "v", "a")) {
      schema =
          schema
              .add(range + "_low", DataTypes.DoubleType)
              .add(range + "_high", DataTypes.DoubleType);
    }
    return spark.createDataFrame(
        sets.stream()
            .filter(set -> axes.containsKey(set.comparison()))
            .map(
                set -> {
                  Axes a = axes.get(set.comparison());
                  return RowFactory.create(
                      set.id(),
                      a.complexity().low(),
                      a.complexity().high(),
                      a.vulnerability().low(),
                      a.vulnerability().high(),
                      a.asI().low(),
                      a.asI().high());
                })
            .toList(),
        schema);
  }
}
