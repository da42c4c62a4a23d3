package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.Arrays;
import org.anomalyscore.measure.ModelCard;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.table.KeptOutput;
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
          scores.drop(unkept()),
          tally.scored() * (TableFile.ROW_BYTES + outputBytes()));
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

  /** Columns that would be all NULL. */
  private String[] unkept() {
    return Arrays.stream(KeptOutput.values())
        .filter(output -> !keeps(output))
        .map(KeptOutput::column)
        .toArray(String[]::new);
  }

  private boolean keeps(KeptOutput output) {
    ModelCard.Output card = configuration.model().card().output();
    return !score.featureSample().isEmpty()
        && switch (output) {
          case FEATURES -> true;
          case LOGITS -> card.logits() != null;
          case SPATIAL -> card.spatial() != null;
        };
  }

  /** Of a row in the mean. */
  private long outputBytes() {
    long numbers =
        Arrays.stream(KeptOutput.values()).filter(this::keeps).mapToLong(this::length).sum();
    return (long) (score.featureSample().fraction() * numbers * Float.BYTES);
  }

  /** That of the others no card says: as in the field's Inception-v3. */
  private long length(KeptOutput output) {
    return switch (output) {
      case FEATURES -> configuration.model().card().output().dimension();
      case LOGITS -> 1000;
      case SPATIAL -> 2023;
    };
  }

  private static Column is(Outcome.Kind kind) {
    return col("kind").equalTo(kind.name());
  }
}
