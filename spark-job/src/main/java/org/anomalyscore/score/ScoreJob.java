package org.anomalyscore.score;

import java.util.function.Supplier;
import org.anomalyscore.command.Steps;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ModelOpener;
import org.anomalyscore.measure.OpenedModel;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.PassedOver;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.fs.FSError;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Scores the images under a path that the table does not hold yet. */
public final class ScoreJob {

  private final ScoreRequest request;

  public ScoreJob(ScoreRequest request) {
    this.request = request;
  }

  /** Opens the feature model and scores. */
  public ScoreResult run(SparkSession spark) {
    return run(spark, () -> ModelOpener.fetch(spark, request.engine()));
  }

  /** Scores on a model that is open: many data sets need not fetch and try it each. */
  public ScoreResult run(SparkSession spark, ModelFile opened) {
    return run(spark, () -> OpenedModel.tried(opened));
  }

  ScoreResult run(SparkSession spark, Supplier<OpenedModel> fetch) {
    Run run = Run.start("score");
    TableStore store = new TableStore(spark, request.out());
    store.requireOutside(request.images());
    store.requireWritable();
    try (OpenedModel model = fetch.get()) {
      ScoreEngine engine = ScoreEngine.start(spark, request.engine(), model.model());
      ScoreRun scoring = new ScoreRun(spark, request, run, store, engine);
      scoring.describe("list images");
      Origin origin = scoring.origin();
      if (request.strict()) {
        origin.requireOneFolder(request.dataset());
      }
      // A set without scores has something to score; of another most nights have nothing.
      if (!origin.hasScores()) {
        model.startTrial();
      }
      PassedOver passedOver = PassedOver.register(spark);
      Dataset<Row> found = ImageFinder.find(spark, request.images(), request.search(), passedOver);
      if (!origin.hasScores()) {
        requireUsable(model);
      }
      return underLease(scoring, model, origin, found, passedOver);
    } finally {
      spark.sparkContext().clearJobGroup();
      spark.sparkContext().clearCallSite();
    }
  }

  private static void requireUsable(OpenedModel model) {
    if (!model.isTried()) {
      Steps.beginTrial();
    }
    model.requireUsable();
  }

  /** One run writes to the tables at a time; a run that was killed is recorded by the next. */
  private static ScoreResult underLease(
      ScoreRun scoring,
      OpenedModel model,
      Origin origin,
      Dataset<Row> found,
      PassedOver passedOver) {
    RunRecord record = scoring.record();
    try (Lease lease = scoring.store().lease(record.row(), scoring::cancel)) {
      try {
        scoring.store().takeOver(lease);
        scoring.store().create(Table.REJECTS);
        WorkList work = scoring.writeWork(found);
        origin.warn(scoring.request().dataset(), work.toDo());
        if (work.toDo() > 0) {
          requireUsable(model);
        }
        Tally tally = scoring.score(work, lease, record);
        ScoreResult result = scoring.summarise(work, origin, passedOver, tally);
        scoring.store().deleteWork(scoring.run());
        lease.requireHeld();
        record.appendComplete(result);
        lease.release();
        return result;
      } catch (Exception | FSError e) {
        // Not RuntimeException: Scala throws checked exceptions undeclared. Hadoop throws an error
        // of its own where the disk is full. The loss of the lease cancels the jobs; it is the
        // reason then, and the new owner has recorded this run.
        lease.requireHeld();
        recordFailure(scoring, record, lease, e);
        throw e;
      }
    }
  }

  /** Where the disk is full, no row may fit either: the lease does not wait for it. */
  private static void recordFailure(
      ScoreRun scoring, RunRecord record, Lease lease, Throwable failure) {
    try {
      // First, since it makes room.
      scoring.store().deleteWork(scoring.run());
      record.appendFailed();
    } catch (Exception | FSError e) {
      failure.addSuppressed(e);
    } finally {
      lease.release();
    }
  }
}
