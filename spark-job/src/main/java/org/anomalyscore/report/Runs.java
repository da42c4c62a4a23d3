package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
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
    Dataset<Row> runs =
        store
            .read(Table.RUNS)
            .where(
                col("config_id")
                    .isin(comparisons.stream().map(Comparison::configId).distinct().toArray()));
    Map<String, String> configurations = new HashMap<>();
    for (Row row :
        runs.where("command = 'score' AND status = 'complete'")
            .groupBy("config_id")
            .agg(max_by(col("configuration"), col("started_at")))
            .collectAsList()) {
      configurations.put(row.getString(0), row.getString(1));
    }
    Map<List<String>, Outcome> outcomes = new HashMap<>();
    for (Row row :
        runs.where("outcome IS NOT NULL")
            .groupBy(
                col("config_id"), get_json_object(col("outcome"), "$.reference").as("reference"))
            .agg(max_by(col("outcome"), col("started_at")), max("started_at"))
            .where("reference IS NOT NULL")
            .collectAsList()) {
      outcomes.put(
          List.of(row.getString(0), row.getString(1)),
          new Outcome(row.getString(2), row.getTimestamp(3)));
    }
    return new Runs(
        runs.count(),
        runs.orderBy(col("started_at").desc()).limit(SHOWN).collectAsList(),
        configurations,
        outcomes);
  }
}
