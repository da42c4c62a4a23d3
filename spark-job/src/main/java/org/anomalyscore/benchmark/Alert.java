package org.anomalyscore.benchmark;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A generated set that became less natural since the benchmark before.
 *
 * @param increase of the score, less that of its chance level where the sets' sizes changed: a
 *     smaller set scores higher, however good it is
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

  private static final Logger LOG = LoggerFactory.getLogger(Alert.class);

  /**
   * Compares each evaluated set with its last evaluation by a benchmark, under the same
   * configuration and against the same reference. A set without one raises no alert.
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

  /** The newest evaluation of each set, by benchmarks that came to their end. */
  private static Map<String, Row> previous(TableStore store, Evaluator.Result result) {
    Map<String, Row> previous = new HashMap<>();
    if (result.rows().isEmpty()) {
      return previous;
    }
    Dataset<Row> ended =
        store.read(Table.RUNS).where(col("command").equalTo("benchmark")).select("run_id");
    Dataset<Row> ofTheSame =
        store
            .read(Table.EVALUATIONS)
            .join(ended, new String[] {"run_id"}, "left_semi")
            .where(
                col("config_id")
                    .equalTo(result.configId())
                    .and(col("reference").equalTo(result.reference()))
                    .and(
                        col("reference_images")
                            .eqNullSafe(result.rows().get(0).get("reference_images"))));
    for (Row row : NewestRun.rows(ofTheSame, "evaluated_at", "dataset").collectAsList()) {
      previous.put(row.getAs("dataset"), row);
    }
    return previous;
  }

  private static Alert compare(
      Evaluator.Result result, TableRow row, Row before, Double maxIncrease) {
    double now = (Double) row.get("anomaly_score");
    double then = before.<Double>getAs("anomaly_score");
    double chance = chanceIncrease(row, before);
    double increase = now - then - chance;
    double threshold = threshold(row, before, maxIncrease);
    if (Double.isNaN(threshold)) {
      LOG.warn(
          "{}: without bootstrap resamples in both runs no alert is raised", row.get("dataset"));
    }
    if (!(increase > threshold)) {
      return null;
    }
    String message =
        String.format(
            Locale.ROOT,
            "%s became less natural under %s: its Anomaly Score rose from %.4f to %.4f%s, by more"
                + " than %s, %.4f.",
            row.get("dataset"),
            result.model(),
            then,
            now,
            chance == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    " (of which %.4f for the change from %,d to %,d images)",
                    chance,
                    before.<Long>getAs("n"),
                    (Long) row.get("n")),
            maxIncrease == null ? "two draws of one generator differ" : "max_increase",
            threshold);
    return new Alert(
        (String) row.get("dataset"),
        result.model(),
        result.configId(),
        result.reference(),
        now,
        then,
        before.getAs("run_id"),
        increase,
        maxIncrease == null ? "interval" : "fixed",
        threshold,
        message);
  }

  /** What the score rises by because the sets' sizes changed; 0 where they did not. */
  private static double chanceIncrease(TableRow row, Row before) {
    boolean sameSizes =
        row.get("n").equals(before.getAs("n"))
            && row.get("n_reference").equals(before.getAs("n_reference"));
    return !sameSizes
            && row.get("null_mean") instanceof Double now
            && before.getAs("null_mean") instanceof Double then
        ? now - then
        : 0;
  }

  /** NaN where there is nothing to go by. */
  private static double threshold(TableRow row, Row before, Double maxIncrease) {
    if (maxIncrease != null) {
      return maxIncrease;
    }
    return row.get("anomaly_score_std_err") instanceof Double now
            && before.getAs("anomaly_score_std_err") instanceof Double then
        ? AnomalyScore.chanceDifference(now, then, (Double) row.get("confidence"))
        : Double.NaN;
  }
}
