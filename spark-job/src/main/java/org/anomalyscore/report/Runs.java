package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What the table of runs says of the reported evaluations.
 *
 * @param total runs of the reported configurations
 * @param newest the last {@value #SHOWN} of them, newest first
 * @param configurations JSON of the last complete score run, by config_id
 * @param outcomes what the last benchmark found, by config_id and reference
 */
record Runs(
    long total,
    List<Row> newest,
    Map<String, String> configurations,
    Map<List<String>, Outcome> outcomes) {

  static final int SHOWN = 50;

  /**
   * A benchmark's JSON: failed sets, alerts, correlations.
   *
   * @param at when that benchmark began
   */
  record Outcome(String json, Timestamp at) {}

  static Runs read(TableStore store, List<Comparison> comparisons) {
    Dataset<Row> runs = store.read(Table.RUNS).where(Comparison.isReported(comparisons));
    Map<String, String> configurations = new HashMap<>();
    for (Row row :
        NewestRun.rows(
                runs.where("command = 'score' AND status = 'complete'"), "started_at", "config_id")
            .collectAsList()) {
      configurations.put(row.getAs("config_id"), row.getAs("configuration"));
    }
    Map<List<String>, Outcome> outcomes = new HashMap<>();
    Column reference = get_json_object(col("outcome"), "$.reference");
    for (Row row :
        NewestRun.rows(
                runs.withColumn("reference", reference).where("reference IS NOT NULL"),
                "started_at",
                "config_id",
                "reference")
            .collectAsList()) {
      outcomes.put(
          List.of(row.getAs("config_id"), row.getAs("reference")),
          new Outcome(row.getAs("outcome"), row.getAs("started_at")));
    }
    return new Runs(
        runs.count(),
        runs.orderBy(col("started_at").desc(), col("run_id").desc()).limit(SHOWN).collectAsList(),
        configurations,
        outcomes);
  }
}
