package org.anomalyscore.benchmark;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.anomalyscore.table.TableRow;
import org.apache.spark.sql.Row;

/**
 * What alerts read of one evaluation of a generator; what is not known is NaN.
 *
 * @param at when its run began
 * @param nullMean the mean of the score at these sizes, had both sets one distribution
 * @param awayC how far the median complexity lies from that of the reference, radians
 * @param awayV how far the median vulnerability lies from that of the reference
 */
record EvaluatedNight(
    String runId,
    Instant at,
    long n,
    long nReference,
    double score,
    double standardError,
    double nullMean,
    double awayC,
    double awayV) {

  static EvaluatedNight of(TableRow row) {
    return of(row::get);
  }

  static EvaluatedNight of(Row row) {
    return of(column -> row.getAs(column));
  }

  private static EvaluatedNight of(Function<String, Object> row) {
    return new EvaluatedNight(
        (String) row.apply("run_id"),
        ((Timestamp) row.apply("evaluated_at")).toInstant(),
        (Long) row.apply("n"),
        (Long) row.apply("n_reference"),
        number(row, "anomaly_score"),
        number(row, "anomaly_score_std_err"),
        number(row, "null_mean"),
        number(row, "median_complexity") - number(row, "reference_median_complexity"),
        number(row, "median_vulnerability") - number(row, "reference_median_vulnerability"));
  }

  private static double number(Function<String, Object> row, String column) {
    return row.apply(column) instanceof Double known ? known : Double.NaN;
  }

  /** What the score would be at another night's sizes: a smaller set scores higher by chance. */
  double scoreAtSizesOf(EvaluatedNight other) {
    boolean sameSizes = n == other.n && nReference == other.nReference;
    double change = other.nullMean - nullMean;
    return sameSizes || Double.isNaN(change) ? score : score + change;
  }

  /** Whether nothing was measured anew: the images are those of the other night, to the last. */
  private boolean isDrawOf(EvaluatedNight other) {
    return n == other.n
        && nReference == other.nReference
        && Double.compare(score, other.score) == 0
        && Double.compare(awayC, other.awayC) == 0
        && Double.compare(awayV, other.awayV) == 0;
  }

  /**
   * The last of each group of neighbours whose images are the same, so that each draw counts once.
   */
  static List<EvaluatedNight> draws(List<EvaluatedNight> nights) {
    List<EvaluatedNight> draws = new ArrayList<>();
    for (EvaluatedNight night : nights) {
      if (!draws.isEmpty() && night.isDrawOf(draws.get(draws.size() - 1))) {
        draws.remove(draws.size() - 1);
      }
      draws.add(night);
    }
    return draws;
  }
}
