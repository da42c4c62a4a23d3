package org.anomalyscore.evaluate;

import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.table.Statistic.ANOMALY_SCORE;
import static org.anomalyscore.table.Statistic.ANOMALY_SCORE_HIGH;
import static org.anomalyscore.table.Statistic.ANOMALY_SCORE_LOW;
import static org.anomalyscore.table.Statistic.FLAGGED;
import static org.anomalyscore.table.Statistic.HUMAN_ERROR_RATE;
import static org.anomalyscore.table.Statistic.NULL_Q95;
import static org.anomalyscore.table.Statistic.P_VALUE;

import java.math.BigDecimal;
import java.util.Locale;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.table.Statistic;
import org.apache.spark.sql.Row;

/** A row of {@code evaluations} in the words of the page. */
public final class EvaluationText {

  private static final double SIGNIFICANT = 0.05;
  private static final String NONE = "–";

  private EvaluationText() {}

  /** The Anomaly Score. */
  public static String score(Row row) {
    return ANOMALY_SCORE.text(number(row, ANOMALY_SCORE));
  }

  /** The score's interval, or a dash. */
  public static String interval(Row row) {
    Double low = number(row, ANOMALY_SCORE_LOW);
    Double high = number(row, ANOMALY_SCORE_HIGH);
    return low == null || high == null
        ? NONE
        : ANOMALY_SCORE_LOW.text(low) + " to " + ANOMALY_SCORE_HIGH.text(high);
  }

  /** The permutation test's p, or a dash. */
  public static String p(Row row) {
    Double p = number(row, P_VALUE);
    return p == null ? NONE : p < 0.001 ? "< 0.001" : format("%.3f", p);
  }

  /** How often people took an image for real, or a dash. */
  public static String human(Row row) {
    return HtmlTable.cell(HUMAN_ERROR_RATE, row).text();
  }

  /**
   * Whether the set differs from the reference: by the permutation test; where it was not made, by
   * the level that it would give; null where neither is known.
   */
  public static Boolean differs(Row row) {
    return differs(number(row, P_VALUE), number(row, NULL_Q95), number(row, ANOMALY_SCORE));
  }

  static Boolean differs(Double p, Double level, double score) {
    return p != null
        ? (Boolean) (p < SIGNIFICANT)
        : level == null ? null : (Boolean) (score > level);
  }

  /** The same in words. */
  public static String verdict(Row row) {
    Boolean differs = differs(row);
    return differs == null ? "not tested" : differs ? "differs" : "not told apart";
  }

  static final String NOT_JUDGED = "cannot be judged: the reference has no scatter";

  /**
   * How many images are flagged, as a sentence; null in an evaluation of before there were flags.
   */
  public static String flagged(Row row) {
    Double share = number(row, FLAGGED);
    Double rate = Comparison.number(row, "flag_fdr");
    if (rate == null) {
      return null;
    }
    return share == null
        ? "Single images " + NOT_JUDGED + "."
        : flagged(share, row.<Long>getAs("n"), rate) + ".";
  }

  /** Without the full stop: {@code 37 of 1,000 images are flagged ...}. */
  static String flagged(double share, long n, double rate) {
    return String.format(
        Locale.ROOT,
        "%,d of %,d images are flagged at a false discovery rate of %s %%",
        Math.round(share * n),
        n,
        percent(rate));
  }

  static String percent(double rate) {
    return BigDecimal.valueOf(rate).movePointRight(2).stripTrailingZeros().toPlainString();
  }

  private static Double number(Row row, Statistic statistic) {
    return Comparison.number(row, statistic.column());
  }
}
