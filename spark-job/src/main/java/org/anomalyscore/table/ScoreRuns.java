package org.anomalyscore.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;

/**
 * The score runs of a configuration, and the deletions of scores, which are few: each wrote a row
 * when it ended.
 */
public final class ScoreRuns {

  private ScoreRuns() {}

  /**
   * Reads them: {@code run_id}, {@code command}, that of a score run or {@link Run#DELETION},
   * {@code started_at}, {@code dataset}, {@code status}, {@code images} (its {@code --images}) and
   * {@code arithmetic}, which is NULL in rows of earlier versions.
   */
  public static List<Row> read(TableStore store, String configId) {
    Column scored = col("command").equalTo("score").and(col("config_id").equalTo(configId));
    Column deleted =
        col("command")
            .equalTo(Run.DELETION)
            .and(col("status").equalTo(Run.COMPLETE))
            .and(col("config_id").isin(configId, Run.ANY_CONFIGURATION));
    return store
        .read(Table.RUNS)
        .where(scored.or(deleted))
        .select(
            col("run_id"),
            col("command"),
            col("started_at"),
            col("dataset"),
            col("status"),
            get_json_object(col("configuration"), "$.images").as("images"),
            col("arithmetic"))
        .collectAsList();
  }
}
