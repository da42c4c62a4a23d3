package org.anomalyscore.evaluate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Evaluates generated sets, and records the evaluation and the run. */
public final class EvaluateJob {

  private final EvaluateRequest request;

  public EvaluateJob(EvaluateRequest request) {
    this.request = request;
  }

  public EvaluateResult run(SparkSession spark) {
    Run run = Run.start("evaluate");
    spark.sparkContext().setJobDescription("evaluate " + request.reference());
    TableStore source = new TableStore(spark, request.scores());
    TableStore target = target(spark);
    Evaluator.Result found =
        evaluator(source, target)
            .evaluate(run, request.reference(), request.generated(), request.configId());
    target.append(Table.EVALUATIONS, found.rows().stream().map(TableRow::toRow).toList());
    target.append(
        Table.RUNS, List.of(run.complete(found.configId(), configuration(source)).toRow()));
    return new EvaluateResult(found, target.location(Table.EVALUATIONS));
  }

  /** Looked at before any work where it is not the folder of the scores. */
  private TableStore target(SparkSession spark) {
    TableStore target = new TableStore(spark, request.out());
    if (!request.out().equals(request.scores())) {
      target.requireWritable();
    }
    return target;
  }

  private Evaluator evaluator(TableStore source, TableStore target) {
    Evaluator evaluator =
        new Evaluator(source, request.options())
            .allowIncomplete(request.allowIncomplete())
            .setMeasures(request.setMeasures())
            .training(request.training())
            .flagRate(request.flagRate());
    // One file a set.
    return request.perImage()
        ? evaluator.perImage(rows -> target.append(Table.IMAGE_MEASURES, rows, TableFile.ROW_BYTES))
        : evaluator;
  }

  private Map<String, Object> configuration(TableStore source) {
    Map<String, Object> configuration = new TreeMap<>();
    configuration.put("scores", source.location(Table.SCORES));
    configuration.put("reference", request.reference());
    configuration.put("generated", request.generated());
    configuration.put("options", request.options());
    configuration.put("allow_incomplete", request.allowIncomplete());
    configuration.put("set_measures", request.setMeasures());
    if (request.training() != null) {
      configuration.put("training", request.training());
    }
    configuration.put("per_image", request.perImage());
    configuration.put("flag_fdr", request.flagRate());
    return configuration;
  }
}
