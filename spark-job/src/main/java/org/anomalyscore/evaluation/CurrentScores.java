package org.anomalyscore.evaluation;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;

import org.anomalyscore.table.RejectReason;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The rows of {@code scores} that stand for a data set's images as they are now: of each path the
 * newest, and none where the file was since replaced by one that has no score.
 */
public final class CurrentScores {

  private CurrentScores() {}

  /**
   * One row a path, in no certain order: {@code path}, {@code complexity}, {@code vulnerability}.
   *
   * @param present rows with a column {@code path}, the only images to take; null for all
   */
  public static Dataset<Row> of(
      TableStore store, String configId, String dataset, Dataset<Row> present) {
    Column ours = col("config_id").equalTo(configId).and(col("dataset").equalTo(dataset));
    Dataset<Row> newest =
        store
            .read(Table.SCORES)
            .where(ours)
            .groupBy("path")
            // One maximum a number: Spark would sort by path to find a struct, and hashes for this.
            .agg(
                max_by(col("complexity"), col("scored_at")).as("complexity"),
                max_by(col("vulnerability"), col("scored_at")).as("vulnerability"),
                max(col("scored_at")).as("scored_at"));
    Dataset<Row> rejected =
        store
            .read(Table.REJECTS)
            .where(ours.and(col("reason").isin((Object[]) RejectReason.finalReasons())))
            .groupBy(col("path").as("rejected_path"))
            .agg(max("rejected_at").as("rejected_at"));
    Dataset<Row> current =
        newest
            .join(
                rejected,
                col("path")
                    .equalTo(col("rejected_path"))
                    .and(col("scored_at").lt(col("rejected_at"))),
                "left_anti")
            .select("path", "complexity", "vulnerability");
    return present == null
        ? current
        : current.join(
            present.select(col("path").as("present_path")),
            col("path").equalTo(col("present_path")),
            "left_semi");
  }
}
