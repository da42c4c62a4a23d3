package org.anomalyscore.functions;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.stats.KolmogorovSmirnov2D;
import org.anomalyscore.stats.TwoSampleTests;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Prints seconds and peak heap of each aggregate over a Parquet table, half of it reference, beside
 * the same statistics on rows that the driver collects into primitive arrays, in turns; medians of
 * three.
 *
 * <p>{@code ./mvnw -pl udf -am test-compile && ./mvnw -pl udf -Psql-benchmark exec:exec
 * [-Dmeasurement.argument=10000000] [-Dmeasurement.heap=4g]}
 */
final class FunctionsBenchmark {
  private static final int ROUNDS = 3;
  private static final String[] QUERIES = {
    "SELECT avg(as_i(c, v)) FROM t",
    "SELECT ks_statistic(c, r) FROM t",
    "SELECT anomaly_score(c, v, r) FROM t",
    "SELECT anomaly_score_p_value(c, v, r, 9) FROM t",
  };

  private FunctionsBenchmark() {}

  /** One value of a statistic, with what it cost. */
  private interface Statistic {
    double compute();
  }

  public static void main(String[] arguments) throws IOException {
    long rows = Long.parseLong(arguments[0]);
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.extensions", AnomalyScoreExtensions.class.getName())
            .getOrCreate();
    spark.sparkContext().setLogLevel("ERROR");
    Path folder = Files.createTempDirectory("functions-benchmark");
    String table = folder.resolve("t").toString();
    // Hashes as uniform numbers; the generated half lies a little higher.
    spark
        .range(0, rows, 1, 16)
        .selectExpr(
            "id % 2 = 0 AS r",
            "0.1 + (xxhash64(id) / 9223372036854775808D + 1) / 20 + id % 2 * 0.001 AS c",
            "20 + xxhash64(id, 1) / 9223372036854775808D + id % 2 * 0.01 AS v")
        .write()
        .parquet(table);
    spark.read().parquet(table).createOrReplaceTempView("t");
    System.out.printf(
        Locale.ROOT,
        "%,d rows, local[2], maximum heap %d MB; medians of %d%n",
        rows,
        Runtime.getRuntime().maxMemory() >> 20,
        ROUNDS);
    double[][] sql = new double[QUERIES.length][ROUNDS];
    double[] sqlHeap = new double[QUERIES.length];
    double[][] arrays = new double[2][ROUNDS];
    double[] arraysHeap = new double[2];
    for (int round = 0; round < ROUNDS; round++) {
      for (int q = 0; q < QUERIES.length; q++) {
        String query = QUERIES[q];
        sql[q][round] = seconds(() -> spark.sql(query).first().getDouble(0));
        sqlHeap[q] = Math.max(sqlHeap[q], peakHeap());
      }
      arrays[0][round] =
          seconds(
              () ->
                  TwoSampleTests.kolmogorovSmirnov(
                      collect(spark, true)[0], collect(spark, false)[0]));
      arraysHeap[0] = Math.max(arraysHeap[0], peakHeap());
      arrays[1][round] =
          seconds(
              () -> {
                double[][] a = collect(spark, true);
                double[][] b = collect(spark, false);
                return KolmogorovSmirnov2D.of(a[0], a[1], b[0], b[1]).statistic();
              });
      arraysHeap[1] = Math.max(arraysHeap[1], peakHeap());
    }
    for (int q = 0; q < QUERIES.length; q++) {
      print(QUERIES[q], sql[q], sqlHeap[q]);
    }
    print("driver: 1D statistic", arrays[0], arraysHeap[0]);
    print("driver: 2D statistic", arrays[1], arraysHeap[1]);
    System.out.printf(
        Locale.ROOT,
        "SQL to driver: ks_statistic %.2f, anomaly_score %.2f%n",
        median(sql[1]) / median(arrays[0]),
        median(sql[2]) / median(arrays[1]));
  }

  /** One sample's columns, packed by the tasks; rows as objects never pile up. */
  private static double[][] collect(SparkSession spark, boolean reference) {
    Dataset<Row> rows = spark.table("t").where("r = " + reference).select("c", "v");
    List<double[]> parts =
        rows.javaRDD()
            .mapPartitions(
                iterator -> {
                  double[] packed = new double[1024];
                  int length = 0;
                  while (iterator.hasNext()) {
                    Row row = iterator.next();
                    if (length == packed.length) {
                      packed = Arrays.copyOf(packed, 2 * length);
                    }
                    packed[length++] = row.getDouble(0);
                    packed[length++] = row.getDouble(1);
                  }
                  return List.of(Arrays.copyOf(packed, length)).iterator();
                })
            .collect();
    int n = parts.stream().mapToInt(part -> part.length / 2).sum();
    double[][] columns = new double[2][n];
    int i = 0;
    for (double[] part : parts) {
      for (int j = 0; j < part.length; j += 2, i++) {
        columns[0][i] = part[j];
        columns[1][i] = part[j + 1];
      }
    }
    return columns;
  }

  private static double seconds(Statistic statistic) {
    System.gc();
    ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
    long begin = System.nanoTime();
    if (Double.isNaN(statistic.compute())) {
      throw new IllegalStateException("No value");
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  private static double peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        / 1e6;
  }

  private static void print(String what, double[] seconds, double heap) {
    System.out.printf(
        Locale.ROOT, "%-48s %7.2f s, peak heap %5.0f MB%n", what, median(seconds), heap);
  }

  private static double median(double[] seconds) {
    double[] sorted = seconds.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
