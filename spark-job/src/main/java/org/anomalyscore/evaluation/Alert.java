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
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * A generated set that became less natural since the benchmark before.
 *
 * @param rule {@code interval} or {@code fixed}
 * @param threshold the greatest increase that is let pass: by rule {@code interval} what chance
 *     makes between two draws of one generator, see {@link AnomalyScore#chanceDifference}
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
   * <p>By interval, the bootstrap interval of the increase must lie above 0: a set of 100 images
   * goes up and down by a few hundredths from draw to draw, which is no news.
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

  /** The newest evaluation of each set: run_id, anomaly_score, anomaly_score_std_err. */
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
                    struct("run_id", "anomaly_score", "anomaly_score_std_err"),
                    col("evaluated_at")))
            .collectAsList()) {
      previous.put(row.getString(0), row.getStruct(1));
    }
    return previous;
  }

  private static Alert compare(
      Evaluator.Result result, TableRow row, Row before, Double maxIncrease) {
    double now = (Double) row.get("anomaly_score");
    double then = before.getDouble(1);
    double threshold = threshold(row, before, maxIncrease);
    if (!(now - then > threshold)) {
      return null;
    }
    String message =
        String.format(
            Locale.ROOT,
            "%s became less natural under %s: its Anomaly Score rose from %.4f to %.4f, by more"
                + " than %s, %.4f.",
            row.get("dataset"),
            result.model(),
            then,
            now,
            maxIncrease == null ? "two draws of one generator differ" : "max_increase",
            threshold);
    return new Alert(
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
        message);
  }

  /** NaN where there is nothing to go by. */
  private static double threshold(TableRow row, Row before, Double maxIncrease) {
    if (maxIncrease != null) {
      return maxIncrease;
    }
    return row.get("anomaly_score_std_err") instanceof Double error && !before.isNullAt(2)
        ? AnomalyScore.chanceDifference(error, before.getDouble(2), (Double) row.get("confidence"))
        : Double.NaN;
  }
}
