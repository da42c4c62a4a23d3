package org.anomalyscore.inference;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counters that tasks add to while they run. For progress and for shares of time only: a repeated
 * task counts again, so no table takes its row counts from here.
 */
public record ScoreMetrics(
    LongAccumulator scored,
    LongAccumulator rejected,
    LongAccumulator taskNanos,
    LongAccumulator networkNanos)
    implements Serializable {

  /** Registers the counters under the names that the Spark UI shows. */
  public static ScoreMetrics register(SparkContext context) {
    return new ScoreMetrics(
        context.longAccumulator("images scored"),
        context.longAccumulator("images rejected"),
        context.longAccumulator("batch nanoseconds"),
        context.longAccumulator("network nanoseconds"));
  }

  void batch(long whole, long network) {
    taskNanos.add(whole);
    networkNanos.add(network);
  }
}
