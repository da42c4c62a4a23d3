package org.anomalyscore.score;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.HashMap;
import java.util.Map;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Scores a slice of the work list and commits it to the tables. */
record SliceScorer(
    TableStore store, Run run, String dataset, String configId, ScorePartition score) {

  /** Outcome of an image that the tables hold a score of. */
  static final String NEW_SCORE = "scored";

  /** Outcome of a file whose time is newer than its score, but whose bytes are those scored. */
  static final String UNCHANGED = "unchanged";

  /**
   * Scores and commits.
   *
   * @return how many images had which outcome: {@link #NEW_SCORE}, {@link #UNCHANGED} or a reason
   *     of rejection
   */
  Map<String, Long> score(Dataset<Row> slice) {
    Dataset<Row> outcomes =
        slice
            .mapPartitions(score, Encoders.row(ScorePartition.OUTCOME))
            .persist(StorageLevel.DISK_ONLY());
    Dataset<Row> origin =
        outcomes
            .withColumn("dataset", lit(dataset))
            .withColumn("config_id", lit(configId))
            .withColumn("run_id", lit(run.id()));
    Dataset<Row> scores =
        origin
            .where(col("complexity").isNotNull())
            .withColumn("model", lit(score.configuration().model().card().name()))
            .withColumn("scored_at", lit(run.startedTimestamp()));
    // This runs the network. The scores come first: an image without score is tried again after a
    // crash, and then its reject is written.
    store.append(
        Table.SCORES, score.featureSample().isEmpty() ? scores.drop(col("features")) : scores);
    Map<String, Long> counts = count(outcomes);
    if (counts.keySet().stream().anyMatch(o -> !o.equals(NEW_SCORE) && !o.equals(UNCHANGED))) {
      store.append(
          Table.REJECTS,
          origin
              .where(col("reason").isNotNull())
              .withColumn("rejected_at", lit(run.startedTimestamp())));
    }
    outcomes.unpersist(false);
    return counts;
  }

  private static Map<String, Long> count(Dataset<Row> outcomes) {
    Map<String, Long> counts = new HashMap<>();
    for (Row row :
        outcomes
            .groupBy(
                coalesce(
                    col("reason"),
                    when(col("complexity").isNull(), UNCHANGED).otherwise(NEW_SCORE)))
            .count()
            .collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }
}
