package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/** Scores a slice of the work list and commits it to the tables. */
record SliceScorer(
    TableStore store,
    Run run,
    String dataset,
    ScoreConfiguration configuration,
    ScorePartition score) {

  /** Scores and commits. */
  Tally score(Dataset<Row> slice) {
    Dataset<Row> outcomes =
        slice.mapPartitions(score, Encoders.row(Outcome.SCHEMA)).persist(StorageLevel.DISK_ONLY());
    Dataset<Row> origin =
        outcomes
            .withColumn("dataset", lit(dataset))
            .withColumn("config_id", lit(configuration.configId()))
            .withColumn("run_id", lit(run.id()));
    Dataset<Row> scores =
        origin
            .where(is(Outcome.Kind.SCORED))
            .withColumn("model", lit(configuration.model().card().name()))
            .withColumn("scored_at", lit(run.startedTimestamp()));
    // This runs the network. The scores come first: an image without score is tried again after a
    // crash, and then its reject is written.
    store.append(
        Table.SCORES, score.featureSample().isEmpty() ? scores.drop(col("features")) : scores);
    Tally tally = Tally.of(outcomes);
    if (!tally.rejected().isEmpty()) {
      store.append(
          Table.REJECTS,
          origin
              .where(is(Outcome.Kind.REJECTED))
              .withColumn("rejected_at", lit(run.startedTimestamp())));
    }
    outcomes.unpersist(false);
    return tally;
  }

  private static Column is(Outcome.Kind kind) {
    return col("kind").equalTo(kind.name());
  }
}
