package org.anomalyscore.evaluate;

import static org.anomalyscore.page.HtmlTable.format;

import org.anomalyscore.page.Comparison;
import org.apache.spark.sql.Row;

/** A row of {@code evaluations} in the words of the page. */
public final class EvaluationText {

  private static final double SIGNIFICANT = 0.05;
  private static final String NONE = "–";

  private EvaluationText() {}

  /** The Anomaly Score. */
  public static String score(Row row) {
    return format("%.4f", Comparison.number(row, "anomaly_score"));
  }

  /** The score's interval, or a dash. */
  public static String interval(Row row) {
    Double low = Comparison.number(row, "anomaly_score_low");
    Double high = Comparison.number(row, "anomaly_score_high");
    return low == null || high == null ? NONE : format("%.4f to %.4f", low, high);
  }

  /** The permutation test's p, or a dash. */
  public static String p(Row row) {
    Double p = Comparison.number(row, "p_value");
    return p == null ? NONE : p < 0.001 ? "< 0.001" : format("%.3f", p);
  }

  /** How often people took an image for real, or a dash. */
  public static String human(Row row) {
    Double rate = Comparison.number(row, "human_error_rate");
    Double error = Comparison.number(row, "human_error_rate_std_err");
    return rate == null
        ? NONE
        : format("%.3f", rate) + (error == null ? "" : format(" ± %.3f", error));
  }

  /**
   * Whether the set differs from the reference: by the permutation test; where it was not made, by
   * the level that it would give; null where neither is known.
   */
  public static Boolean differs(Row row) {
    Double p = Comparison.number(row, "p_value");
    Double level = Comparison.number(row, "null_q95");
    return p != null
        ? (Boolean) (p < SIGNIFICANT)
        : level == null ? null : (Boolean) (Comparison.number(row, "anomaly_score") > level);
  }

  /** The same in words. */
  public static String verdict(Row row) {
    Boolean differs = differs(row);
    return differs == null ? "not tested" : differs ? "differs" : "not told apart";
  }
}
