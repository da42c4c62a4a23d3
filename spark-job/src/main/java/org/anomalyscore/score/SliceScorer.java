package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
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
    // This runs the network, on as many partitions as there is work for. What is written below are
    // rows that wait on disk.
    Tally tally = Tally.of(outcomes);
    // The scores come first: an image without score is tried again after a crash, and then its
    // reject is written.
    if (tally.scored() > 0) {
      store.append(
          Table.SCORES,
          score.featureSample().isEmpty() ? scores.drop(col("features")) : scores,
          tally.scored() * (TableFile.ROW_BYTES + featureBytes()));
    }
    if (tally.rejects() > 0) {
      store.append(
          Table.REJECTS,
          origin
              .where(is(Outcome.Kind.REJECTED))
              .withColumn("rejected_at", lit(run.startedTimestamp())),
          tally.rejects() * TableFile.ROW_BYTES);
    }
    outcomes.unpersist(false);
    return tally;
  }

  /** Of a row in the mean. */
  private long featureBytes() {
    int dimension = configuration.model().card().output().dimension();
    return (long) (score.featureSample().fraction() * dimension * Float.BYTES);
  }

  private static Column is(Outcome.Kind kind) {
    return col("kind").equalTo(kind.name());
  }
}
