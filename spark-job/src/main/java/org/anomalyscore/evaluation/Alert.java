package org.anomalyscore.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * A generated set that became less natural since the benchmark before.
 *
 * @param rule {@code interval} or {@code fixed}
 * @param threshold what was passed: by rule {@code interval} the upper end of the previous run's
 *     interval, which the new interval lies above; by rule {@code fixed} the greatest increase that
 *     is let pass
 * @param message all of it for a reader
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Alert(
    String dataset,
    String model,
    String configId,
    String reference,
    double anomalyScore,
    double previousAnomalyScore,
    String previousRunId,
    double increase,
    String rule,
    double threshold,
    String message) {

  /**
   * Compares each evaluated set with its last evaluation by a benchmark, under the same
   * configuration and against the reference of the same name. A set without one raises no alert.
   *
   * <p>By interval, the set's whole confidence interval must lie above the previous one: a set of
   * 100 images goes up and down by a few hundredths from draw to draw, which is no news.
   *
   * @param store holds the table {@code evaluations}, without the new rows
   * @param maxIncrease that is let pass; null to go by interval
   */
  public static List<Alert> of(TableStore store, Evaluator.Result result, Double maxIncrease) {
    Map<String, Row> previous = previous(store, result);
    List<Alert> alerts = new ArrayList<>();
    for (TableRow row : result.rows()) {
      Row before = previous.get((String) row.get("dataset"));
      if (before != null) {
        Alert alert = compare(result, row, before, maxIncrease);
        if (alert != null) {
          alerts.add(alert);
        }
      }
    }
    return alerts;
  }

  /** The newest evaluation of each set: run_id, anomaly_score, anomaly_score_high. */
  private static Map<String, Row> previous(TableStore store, Evaluator.Result result) {
    Map<String, Row> previous = new HashMap<>();
    for (Row row :
        store
            .read(Table.EVALUATIONS)
            .where(
                col("config_id")
                    .equalTo(result.configId())
                    .and(col("reference").equalTo(result.reference()))
                    // Only a benchmark knows where the images were.
                    .and(col("images").isNotNull()))
            .groupBy("dataset")
            .agg(
                max_by(
                    struct("run_id", "anomaly_score", "anomaly_score_high"), col("evaluated_at")))
            .collectAsList()) {
      previous.put(row.getString(0), row.getStruct(1));
    }
    return previous;
  }

  private static Alert compare(
      Evaluator.Result result, TableRow row, Row before, Double maxIncrease) {
    double now = (Double) row.get("anomaly_score");
    double then = before.getDouble(1);
    boolean alert;
    double threshold;
    String why;
    if (maxIncrease != null) {
      threshold = maxIncrease;
      alert = now - then > threshold;
      why = String.format(Locale.ROOT, "more than max_increase, %s", maxIncrease);
    } else if (row.get("anomaly_score_low") instanceof Double low && !before.isNullAt(2)) {
      threshold = before.getDouble(2);
      alert = low > threshold;
      why =
          String.format(
              Locale.ROOT,
              "its interval now begins at %.4f, above the previous one's end, %.4f",
              low,
              threshold);
    } else {
      return null;
    }
    String message =
        String.format(
            Locale.ROOT,
            "%s became less natural under %s: its Anomaly Score rose from %.4f to %.4f, %s.",
            row.get("dataset"),
            result.model(),
            then,
            now,
            why);
    return alert
        ? new Alert(
            (String) row.get("dataset"),
            result.model(),
            result.configId(),
            result.reference(),
            now,
            then,
            before.getString(0),
            now - then,
            maxIncrease == null ? "interval" : "fixed",
            threshold,
            message)
        : null;
  }
}
