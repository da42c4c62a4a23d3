package org.anomalyscore.score;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;

/** What a run leaves in the table of runs, however it ends. */
record RunRecord(TableStore store, Run run, TableRow row) {

  /** What is known of a run before its work; the lease keeps it for whoever finds it killed. */
  static RunRecord of(
      TableStore store,
      Run run,
      ScoreRequest request,
      ScoreEngine engine,
      ScoreConfiguration configuration) {
    return new RunRecord(
        store,
        run,
        run.row()
            .with("status", Run.INTERRUPTED)
            .with("dataset", request.dataset())
            .with("config_id", configuration.configId())
            .with("configuration", Json.write(settings(request, engine, configuration)))
            .withAll(engine.columns()));
  }

  private static Map<String, Object> settings(
      ScoreRequest request, ScoreEngine engine, ScoreConfiguration configuration) {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("images", request.images());
    settings.put("model", request.engine().model());
    settings.put("model_sha256", engine.model().sha256());
    settings.put("card", engine.model().card());
    settings.put("parameters", configuration.parameters());
    settings.put("batch_size", engine.batchSize());
    settings.put("features", request.featureFraction());
    settings.put("max_pixels", request.engine().maxPixels());
    settings.put("any_name", request.search().anyName());
    settings.put("max_members", request.search().mostMembers());
    // Complexity needs true float32; a GPU that rounds to TF32 is refused.
    settings.put("tf32", false);
    return settings;
  }

  /** Adds what only tasks know, after each slice: the next may be killed. */
  void addEngine(ScoreEngine engine, Lease lease) {
    row.withAll(engine.columns());
    lease.describe(row);
  }

  void appendComplete(ScoreResult result) {
    append(
        row.with("status", Run.COMPLETE)
            .with("seconds", run.seconds())
            .with("found", result.found())
            .with("scored", result.scored())
            .with("already_scored", result.alreadyScored())
            .with("rejected", result.rejected())
            .with("already_rejected", result.alreadyRejected())
            .with("passed_over", Json.write(result.passedOver()))
            .with("network_seconds", result.networkSeconds()));
  }

  void appendFailed() {
    append(row.with("status", Run.FAILED).with("seconds", run.seconds()));
  }

  private void append(TableRow ended) {
    store.append(Table.RUNS, List.of(ended.toRow()));
  }
}
