package org.anomalyscore.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;

import java.util.List;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Images of a data set that have no score, for one reason.
 *
 * @param path one of them
 * @param message what its reject says
 */
record Rejects(
    String configId, String dataset, String reason, long images, String path, String message) {

  /**
   * Counts by reason. An image counts once, by its last reject, and not if it was scored since: it
   * may have been unreadable for one night.
   */
  static List<Rejects> read(TableStore store, List<ReportedSet> sets) {
    if (!store.exists(Table.REJECTS)) {
      return List.of();
    }
    Column ours =
        col("config_id").isin(sets.stream().map(ReportedSet::configId).distinct().toArray());
    Dataset<Row> rejected = store.read(Table.REJECTS).where(ours);
    if (rejected.isEmpty()) {
      return List.of();
    }
    String[] key = {"config_id", "dataset", "path"};
    Dataset<Row> last =
        rejected
            .groupBy("config_id", "dataset", "path")
            .agg(
                max_by(col("reason"), col("rejected_at")).as("reason"),
                max_by(col("message"), col("rejected_at")).as("message"));
    return last
        .join(CurrentScores.ofEach(store, ours), key, "left_anti")
        .groupBy("config_id", "dataset", "reason")
        .agg(
            count(lit(1)).as("images"),
            min("path").as("path"),
            min_by(col("message"), col("path")).as("message"))
        .orderBy(col("images").desc(), col("dataset"), col("reason"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new Rejects(
                    row.getAs("config_id"),
                    row.getAs("dataset"),
                    row.getAs("reason"),
                    row.<Long>getAs("images"),
                    row.getAs("path"),
                    row.getAs("message")))
        .toList();
  }
}
