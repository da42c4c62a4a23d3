package org.anomalyscore.evaluate;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.anomalyscore.evaluate.ScoreColumns.Distant;
import org.anomalyscore.evaluate.ScoreColumns.Kind;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.PointOrder;
import org.anomalyscore.stats.Repeatability;
import org.anomalyscore.stats.RobustScatter;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;

/**
 * C and V of one data set under one configuration, as primitive arrays on the driver: 16 bytes an
 * image, so that ten million images take 160 MB, and two and a half times as much for a while where
 * there are standard errors.
 *
 * @param complexity C of image i, radians, rising
 * @param vulnerability V of the same image, rising among equal C
 * @param scoredAt when the runs began that these scores are of
 * @param repeatabilityOfComplexity of C over the images; NaN where one of them has no standard
 *     error
 * @param repeatabilityOfVulnerability the same of V
 * @param repeatabilityOfAsI the same of AS-i
 * @param files of which kinds the images' files are
 * @param furthest the few images that lie furthest from the reference, the furthest first; empty
 *     for the reference
 */
record ScoredSet(
    String dataset,
    double[] complexity,
    double[] vulnerability,
    Set<Timestamp> scoredAt,
    double repeatabilityOfComplexity,
    double repeatabilityOfVulnerability,
    double repeatabilityOfAsI,
    FileDifferences files,
    List<Distant> furthest) {

  /** Columns that every row has: C and V. */
  private static final int ALWAYS = 2;

  /**
   * Collects a data set in one pass. Rows are ordered by (C, V), so that seeded resampling of the
   * same table gives the same numbers however the table's files are cut.
   *
   * @param scores rows of {@link org.anomalyscore.table.CurrentScores}
   * @param reference the scatter by which the furthest images are found; null for none
   */
  static ScoredSet collect(
      TableStore store, String dataset, Dataset<Row> scores, RobustScatter reference) {
    List<ScoreColumns> partitions = new ArrayList<>(ScoreColumns.collect(scores, reference));
    int n = partitions.stream().mapToInt(ScoreColumns::rows).sum();
    if (n == 0) {
      throw new UserException(
          "The table "
              + store.location(Table.SCORES)
              + " has no rows of data set '"
              + dataset
              + "'. Score it first, or correct the name.");
    }
    Set<Timestamp> scoredAt = new HashSet<>();
    Map<Kind, Long> kinds = new HashMap<>();
    TreeSet<Distant> furthest = new TreeSet<>();
    int width = partitions.stream().mapToInt(ScoreColumns::width).max().orElseThrow();
    double[][] columns = new double[width][n];
    int i = 0;
    for (int part = 0; part < partitions.size(); part++) {
      // Given up once copied, since both together are the most that is held.
      ScoreColumns partition = partitions.set(part, null);
      for (int row = 0; row < partition.rows(); row++, i++) {
        for (int column = 0; column < width; column++) {
          columns[column][i] = partition.get(row, column);
        }
      }
      partition.scoredAt().forEach(time -> scoredAt.add(DateTimeUtils.toJavaTimestamp(time)));
      partition.kinds().forEach((kind, images) -> kinds.merge(kind, images, Long::sum));
      furthest.addAll(partition.furthest());
    }
    int[] order = PointOrder.ascending(columns[0], columns[1]);
    for (int column = 0; column < width; column++) {
      columns[column] = PointOrder.inOrder(columns[column], order);
    }
    return of(
        dataset,
        columns,
        scoredAt,
        files(kinds),
        furthest.stream().limit(ScoreColumns.MOST_UNUSUAL).toList());
  }

  private static FileDifferences files(Map<Kind, Long> kinds) {
    return new FileDifferences(
        kinds.entrySet().stream()
            .map(
                kind ->
                    new FileDifferences.Kind(
                        kind.getKey().format(),
                        kind.getKey().width(),
                        kind.getKey().height(),
                        kind.getValue()))
            .toList());
  }

  private static ScoredSet of(
      String dataset,
      double[][] columns,
      Set<Timestamp> scoredAt,
      FileDifferences files,
      List<Distant> furthest) {
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
        known ? Repeatability.of(asI(complexity, vulnerability), columns[4]) : Double.NaN,
        files,
        furthest);
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
}
