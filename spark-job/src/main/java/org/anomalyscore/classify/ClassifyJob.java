package org.anomalyscore.classify;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineVersions;
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
    Map<String, Object> engine = new TreeMap<>();
    Classified found =
        request.pixels() == null ? features(spark, run, store) : pixels(spark, run, store, engine);
    store.append(Table.CLASSIFICATIONS, found.rows().stream().map(TableRow::toRow).toList());
    if (!found.ofImages().isEmpty()) {
      store.append(Table.IMAGE_MEASURES, found.ofImages().stream().map(TableRow::toRow).toList());
    }
    TableRow row = run.complete(found.configId(), configuration(store)).withAll(engine);
    store.append(Table.RUNS, List.of(row.toRow()));
    return new ClassifyResult(found, store.location(Table.CLASSIFICATIONS));
  }

  private Classified features(SparkSession spark, Run run, TableStore store) {
    return new Classification(store, request.options(), spark.sparkContext().defaultParallelism())
        .allowIncomplete(request.allowIncomplete())
        .of(run, request.reference(), request.generated(), request.configId());
  }

  /**
   * @param engine takes the columns of the run that are of the device and of PyTorch
   */
  private Classified pixels(
      SparkSession spark, Run run, TableStore store, Map<String, Object> engine) {
    Devices devices = Devices.of(spark.sparkContext(), request.pixels().device());
    engine.put("device", devices.check(spark.sparkContext()));
    EngineVersions versions = EngineVersions.read();
    engine.put("djl_version", versions.djl());
    engine.put("pytorch_version", versions.pytorch());
    Classified found =
        new PixelClassification(
                store, request.options(), request.pixels(), request.allowIncomplete())
            .of(run, request.reference(), request.generated(), request.configId(), devices);
    engine.put("rejected", found.dropped().values().stream().mapToLong(Long::longValue).sum());
    return found;
  }

  private Map<String, Object> configuration(TableStore store) {
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("scores", store.location(Table.SCORES));
    configuration.put("reference", request.reference());
    configuration.put("generated", request.generated());
    configuration.put("options", request.options());
    if (request.pixels() != null) {
      configuration.put("pixels", request.pixels());
    }
    configuration.put("allow_incomplete", request.allowIncomplete());
    return configuration;
  }
}
