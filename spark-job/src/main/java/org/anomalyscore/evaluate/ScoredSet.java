package org.anomalyscore.evaluate;

import java.util.Arrays;
import java.util.List;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * C and V of one data set under one configuration, as primitive arrays on the driver: 16 bytes an
 * image, so that ten million images take 160 MB.
 *
 * @param complexity C of image i, radians
 * @param vulnerability V of the same image
 */
record ScoredSet(String dataset, double[] complexity, double[] vulnerability) {

  /**
   * Collects a data set's {@link CurrentScores}. Rows are ordered by (C, V), so that seeded
   * resampling of the same table gives the same numbers however the table's files are cut.
   *
   * @param present see {@link CurrentScores#of}
   */
  static ScoredSet collect(
      TableStore store, String configId, String dataset, Dataset<Row> present) {
    Dataset<Row> ordered =
        CurrentScores.of(store, configId, dataset, present)
            .select("complexity", "vulnerability")
            .orderBy("complexity", "vulnerability");
    List<double[]> partitions =
        ordered.javaRDD().mapPartitions(rows -> List.of(pack(rows)).iterator()).collect();
    int n = partitions.stream().mapToInt(p -> p.length / 2).sum();
    if (n == 0) {
      throw new UserException(
          "The table "
              + store.location(Table.SCORES)
              + " has no rows of data set '"
              + dataset
              + "'. Score it first, or correct the name.");
    }
    double[] complexity = new double[n];
    double[] vulnerability = new double[n];
    int i = 0;
    for (double[] partition : partitions) {
      for (int j = 0; j < partition.length; j += 2) {
        complexity[i] = partition[j];
        vulnerability[i] = partition[j + 1];
        i++;
      }
    }
    return new ScoredSet(dataset, complexity, vulnerability);
  }

  int size() {
    return complexity.length;
  }

  /** Pairs of a partition, one after the other; boxed rows never pile up. */
  private static double[] pack(java.util.Iterator<Row> rows) {
    double[] packed = new double[1024];
    int length = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      if (length == packed.length) {
        packed = Arrays.copyOf(packed, 2 * length);
      }
      packed[length++] = row.<Double>getAs("complexity");
      packed[length++] = row.<Double>getAs("vulnerability");
    }
    return Arrays.copyOf(packed, length);
  }
}
