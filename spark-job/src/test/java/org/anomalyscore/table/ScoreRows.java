package org.anomalyscore.table;

import java.sql.Timestamp;
import java.time.Instant;
import org.apache.spark.sql.Row;

/** Rows of {@code scores} as tests make them, to be changed by {@link TableRow#with}. */
public final class ScoreRows {

  private ScoreRows() {}

  /** A whole row of the configuration {@code c} that was scored at the epoch. */
  public static TableRow of(String dataset, String path, double complexity, double vulnerability) {
    return TableRow.of(Table.SCORES)
        .with("image_id", path)
        .with("path", path)
        .with("width", 1)
        .with("height", 1)
        .with("complexity", complexity)
        .with("vulnerability", vulnerability)
        .with("as_i", vulnerability / complexity)
        .with("step_norm", 1.0)
        .with("complexity_floor", 0.01)
        .with("model", "net")
        .with("run_id", "r")
        .with("scored_at", Timestamp.from(Instant.EPOCH))
        .with("config_id", "c")
        .with("dataset", dataset);
  }

  /** A copy of a row that has all columns in the table's order. */
  public static TableRow copy(Row row) {
    TableRow copy = TableRow.of(Table.SCORES);
    String[] columns = Table.SCORES.schema().fieldNames();
    for (int i = 0; i < columns.length; i++) {
      copy.with(columns[i], row.get(i));
    }
    return copy;
  }
}
