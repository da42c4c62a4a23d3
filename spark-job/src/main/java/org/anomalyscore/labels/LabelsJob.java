package org.anomalyscore.labels;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Summarises a data set by label, and records the summaries and the run. */
final class LabelsJob {

  private final LabelsRequest request;

  LabelsJob(LabelsRequest request) {
    this.request = request;
  }

  LabelsResult run(SparkSession spark) {
    Run run = Run.start("labels");
    TableStore store = new TableStore(spark, request.scores());
    LabelSummary.Result found =
        new LabelSummary(spark, store)
            .ordered(request.ordered())
            .allowIncomplete(request.allowIncomplete())
            .of(run, request.dataset(), request.file(), request.configId());
    store.append(Table.LABEL_SUMMARIES, found.rows().stream().map(TableRow::toRow).toList());
    store.append(
        Table.RUNS,
        List.of(
            run.complete(found.configId(), configuration(store, found))
                .with("dataset", request.dataset())
                .toRow()));
    return new LabelsResult(found, store.location(Table.LABEL_SUMMARIES));
  }

  private Map<String, Object> configuration(TableStore store, LabelSummary.Result found) {
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("scores", store.location(Table.SCORES));
    configuration.put("dataset", request.dataset());
    configuration.put("labels", found.labels());
    configuration.put("ordered", request.ordered());
    configuration.put("allow_incomplete", request.allowIncomplete());
    return configuration;
  }
}
