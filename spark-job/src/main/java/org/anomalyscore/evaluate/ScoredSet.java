package org.anomalyscore.evaluate;

import java.io.Serializable;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.Repeatability;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;

/**
 * C and V of one data set under one configuration, as primitive arrays on the driver: 16 bytes an
 * image, so that ten million images take 160 MB, and two and a half times as much for a while where
 * there are standard errors.
 *
 * @param complexity C of image i, radians
 * @param vulnerability V of the same image
 * @param scoredAt when the runs began that these scores are of
 * @param repeatabilityOfComplexity of C over the images; NaN where one of them has no standard
 *     error
 * @param repeatabilityOfVulnerability the same of V
 * @param repeatabilityOfAsI the same of AS-i
 */
record ScoredSet(
    String dataset,
    double[] complexity,
    double[] vulnerability,
    Set<Timestamp> scoredAt,
    double repeatabilityOfComplexity,
    double repeatabilityOfVulnerability,
    double repeatabilityOfAsI) {

  private static final String[] COLUMNS = {
    "complexity", "vulnerability", "complexity_std_err", "vulnerability_std_err", "as_i_std_err"
  };

  /** The first of {@link #COLUMNS}, which every row has. */
  private static final int ALWAYS = 2;

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
            .select(
                Stream.concat(Arrays.stream(COLUMNS), Stream.of("scored_at"))
                    .map(functions::col)
                    .toArray(Column[]::new))
            .orderBy("complexity", "vulnerability");
    List<Packed> partitions =
        ordered.javaRDD().mapPartitions(rows -> List.of(pack(rows)).iterator()).collect();
    int n = partitions.stream().mapToInt(Packed::rows).sum();
    if (n == 0) {
      throw new UserException(
          "The table "
              + store.location(Table.SCORES)
              + " has no rows of data set '"
              + dataset
              + "'. Score it first, or correct the name.");
    }
    Set<Timestamp> scoredAt = new HashSet<>();
    int width = partitions.stream().mapToInt(Packed::width).max().orElseThrow();
    double[][] columns = new double[width][n];
    int i = 0;
    for (Packed partition : partitions) {
      for (int row = 0; row < partition.rows(); row++, i++) {
        for (int column = 0; column < width; column++) {
          columns[column][i] = partition.get(row, column);
        }
      }
      scoredAt.addAll(partition.scoredAt);
    }
    return of(dataset, columns, scoredAt);
  }

  private static ScoredSet of(String dataset, double[][] columns, Set<Timestamp> scoredAt) {
    double[] complexity = columns[0];
    double[] vulnerability = columns[1];
    boolean known = columns.length > ALWAYS;
    return new ScoredSet(
        dataset,
        complexity,
        vulnerability,
        scoredAt,
        known ? Repeatability.of(complexity, columns[2]) : Double.NaN,
        known ? Repeatability.of(vulnerability, columns[3]) : Double.NaN,
        known ? Repeatability.of(asI(complexity, vulnerability), columns[4]) : Double.NaN);
  }

  int size() {
    return complexity.length;
  }

  /** AS-i of image i. */
  double[] asI() {
    return asI(complexity, vulnerability);
  }

  private static double[] asI(double[] complexity, double[] vulnerability) {
    double[] perImage = new double[complexity.length];
    Arrays.setAll(perImage, i -> AnomalyScore.perImage(complexity[i], vulnerability[i]));
    return perImage;
  }

  /**
   * Rows of a partition, one after the other; boxed rows never pile up.
   *
   * @param width columns of a row: without standard errors only those that always are there
   * @param scoredAt when they were scored
   */
  private record Packed(double[] values, int width, Set<Timestamp> scoredAt)
      implements Serializable {

    int rows() {
      return values.length / width;
    }

    double get(int row, int column) {
      return column < width ? values[row * width + column] : Double.NaN;
    }
  }

  private static Packed pack(Iterator<Row> rows) {
    Set<Timestamp> scoredAt = new HashSet<>();
    double[] packed = new double[1000];
    int width = ALWAYS;
    int length = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      if (length == 0 && hasErrors(row)) {
        width = COLUMNS.length;
      }
      if (length == packed.length) {
        packed = Arrays.copyOf(packed, 2 * length);
      }
      for (int column = 0; column < width; column++) {
        Double value = row.getAs(COLUMNS[column]);
        packed[length++] = value == null ? Double.NaN : value;
      }
      scoredAt.add(row.getAs("scored_at"));
    }
    return new Packed(Arrays.copyOf(packed, length), width, scoredAt);
  }

  private static boolean hasErrors(Row row) {
    return Arrays.stream(COLUMNS).skip(ALWAYS).anyMatch(column -> row.getAs(column) != null);
  }
}
