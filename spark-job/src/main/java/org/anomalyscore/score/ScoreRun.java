package org.anomalyscore.score;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.source.PassedOver;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The steps of one scoring run. */
record ScoreRun(
    SparkSession spark, ScoreRequest request, Run run, TableStore store, ScoreEngine engine) {

  private ScoreConfiguration configuration() {
    return new ScoreConfiguration(engine.model(), request.parameters());
  }

  /** The rows of this data set under this configuration, in the tables that hold both columns. */
  private Column ours() {
    return col("config_id")
        .equalTo(configuration().configId())
        .and(col("dataset").equalTo(request.dataset()));
  }

  /** Names that the Spark UI shows for the jobs and stages that follow. */
  void describe(String what) {
    String text = what + " (" + request.dataset() + ")";
    spark.sparkContext().setJobGroup(run.id(), text, true);
    spark.sparkContext().setCallSite(text);
  }

  /** Ends the Spark jobs of this run. */
  void cancel() {
    spark.sparkContext().cancelJobGroup(run.id());
  }

  /** What is known of it before its work. */
  RunRecord record() {
    return RunRecord.of(store, run, request, engine, configuration());
  }

  /** Writes down which of the found images have no score yet. */
  WorkList writeWork(Dataset<Row> found) {
    return WorkList.write(spark, found, store, ours(), engine.batchSize(), run);
  }

  /** Where the images come from, in this run and before. */
  Origin origin() {
    return Origin.of(spark, store, ours(), request.images());
  }

  /** Scores and commits them; the record is told of each slice. */
  Tally score(WorkList work, Lease lease, RunRecord record) {
    ScorePartition partition =
        new ScorePartition(engine, request.parameters(), request.featureSample());
    SliceScorer scorer = new SliceScorer(store, run, request.dataset(), configuration(), partition);
    Runnable committed = () -> record.addEngine(engine, lease);
    return new Slices(spark, request, work, lease, scorer, this::describe, committed).score();
  }

  /**
   * Reads back what the table holds, and fails where that is not what was counted.
   *
   * @param passedOver what the listing has met
   */
  ScoreResult summarise(WorkList work, Origin origin, PassedOver passedOver, Tally tally) {
    describe("summarise");
    CommittedScores committed =
        CommittedScores.read(store, ours(), run, tally.scored(), request.featureSample());
    ScoreMetrics metrics = engine.metrics();
    return new ScoreResult(
        run.id(),
        request.dataset(),
        configuration().configId(),
        work.found(),
        tally.scored(),
        work.alreadyScored() + tally.unchanged(),
        tally.rejected(),
        work.alreadyRejected(),
        origin.images(),
        passedOver.value(),
        origin.otherFolders(),
        run.seconds(),
        metrics.networkNanos().value() / 1e9,
        metrics.taskNanos().value() / 1e9,
        metrics.secondsByStage(),
        committed.medianFloor(),
        committed.featuresKept(),
        committed.withoutFeatures(),
        engine.model().card().computesIn(),
        request.failAboveRejectFraction(),
        tables());
  }

  private Map<String, String> tables() {
    Map<String, String> tables = new TreeMap<>();
    for (Table table : List.of(Table.SCORES, Table.REJECTS, Table.RUNS)) {
      // The run's own row is written after this.
      if (table == Table.RUNS || store.exists(table)) {
        tables.put(table.folder(), store.location(table));
      }
    }
    return tables;
  }
}
