package org.anomalyscore.classify;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Classifies data sets, and records the classifications and the run. */
final class ClassifyJob {

  private final ClassifyRequest request;

  ClassifyJob(ClassifyRequest request) {
    this.request = request;
  }

  ClassifyResult run(SparkSession spark) {
    Run run = Run.start("classify");
    TableStore store = new TableStore(spark, request.scores());
    int threads = spark.sparkContext().defaultParallelism();
    Classification.Result found =
        new Classification(store, request.options(), threads)
            .allowIncomplete(request.allowIncomplete())
            .of(run, request.reference(), request.generated(), request.configId());
    store.append(Table.CLASSIFICATIONS, found.rows().stream().map(TableRow::toRow).toList());
    store.append(Table.RUNS, List.of(run.complete(found.configId(), configuration(store)).toRow()));
    return new ClassifyResult(found, store.location(Table.CLASSIFICATIONS));
  }

  private Map<String, Object> configuration(TableStore store) {
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("scores", store.location(Table.SCORES));
    configuration.put("reference", request.reference());
    configuration.put("generated", request.generated());
    configuration.put("options", request.options());
    configuration.put("allow_incomplete", request.allowIncomplete());
    return configuration;
  }
}
