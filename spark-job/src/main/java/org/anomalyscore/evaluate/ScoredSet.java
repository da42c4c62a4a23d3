package org.anomalyscore.evaluate;

import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
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
 * @param scoredAt when the runs began that these scores are of
 */
record ScoredSet(
    String dataset, double[] complexity, double[] vulnerability, Set<Timestamp> scoredAt) {

  /** Pairs of a partition, one after the other, and when they were scored. */
  private record Pairs(double[] values, Set<Timestamp> scoredAt) implements Serializable {}

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
            .select("complexity", "vulnerability", "scored_at")
            .orderBy("complexity", "vulnerability");
    List<Pairs> partitions =
        ordered.javaRDD().mapPartitions(rows -> List.of(pack(rows)).iterator()).collect();
    int n = partitions.stream().mapToInt(p -> p.values.length / 2).sum();
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
    Set<Timestamp> scoredAt = new HashSet<>();
    int i = 0;
    for (Pairs partition : partitions) {
      for (int j = 0; j < partition.values.length; j += 2) {
        complexity[i] = partition.values[j];
        vulnerability[i] = partition.values[j + 1];
        i++;
      }
      scoredAt.addAll(partition.scoredAt);
    }
    return new ScoredSet(dataset, complexity, vulnerability, scoredAt);
  }

  int size() {
    return complexity.length;
  }

  /** Boxed rows never pile up. */
  private static Pairs pack(Iterator<Row> rows) {
    Set<Timestamp> scoredAt = new HashSet<>();
    double[] packed = new double[1024];
    int length = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      if (length == packed.length) {
        packed = Arrays.copyOf(packed, 2 * length);
      }
      packed[length++] = row.<Double>getAs("complexity");
      packed[length++] = row.<Double>getAs("vulnerability");
      scoredAt.add(row.getAs("scored_at"));
    }
    return new Pairs(Arrays.copyOf(packed, length), scoredAt);
  }
}
