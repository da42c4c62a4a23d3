package org.anomalyscore.labels;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Compares measures with labels, and records the comparison and the run. */
final class CalibrateJob {

  private final CalibrateRequest request;

  CalibrateJob(CalibrateRequest request) {
    this.request = request;
  }

  CalibrateResult run(SparkSession spark) {
    Run run = Run.start("calibrate");
    TableStore store = new TableStore(spark, request.scores());
    Calibration.Result found = new Calibration(spark, store, request).of(run);
    store.append(Table.CALIBRATIONS, found.rows().stream().map(TableRow::toRow).toList());
    store.append(
        Table.RUNS,
        List.of(
            run.complete(found.configId(), configuration(store))
                .with("dataset", request.dataset())
                .toRow()));
    return new CalibrateResult(found, store.location(Table.CALIBRATIONS));
  }

  private Map<String, Object> configuration(TableStore store) {
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("scores", store.location(Table.SCORES));
    configuration.put("dataset", request.dataset());
    configuration.put("labels", request.file());
    configuration.put("reference", request.reference());
    configuration.put("options", request.options());
    configuration.put("allow_incomplete", request.allowIncomplete());
    return configuration;
  }
}
