package org.anomalyscore.page;

import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * What the last benchmark of a comparison said of its generators.
 *
 * @param at when it began
 * @param rows of {@code alerts}, by data set
 */
public record Night(Timestamp at, Map<String, Row> rows) {

  /**
   * Reads the last night of each comparison.
   *
   * @return by config_id and reference; a comparison without a benchmark has none
   */
  public static Map<List<String>, Night> read(TableStore store, List<Comparison> comparisons) {
    Map<List<String>, Night> nights = new HashMap<>();
    if (!store.exists(Table.ALERTS)) {
      return nights;
    }
    for (Row row :
        NewestRun.rows(
                store
                    .read(Table.ALERTS)
                    .where(Comparison.isReported(comparisons))
                    .where(col("state").notEqual(AlertState.ACKNOWLEDGED.text())),
                "evaluated_at",
                "config_id",
                "reference")
            .collectAsList()) {
      nights
          .computeIfAbsent(
              List.of(row.getAs("config_id"), row.getAs("reference")),
              key -> new Night(row.getAs("evaluated_at"), new TreeMap<>()))
          .rows()
          .put(row.getAs("dataset"), row);
    }
    return nights;
  }

  /** The last night of a comparison; null without one. */
  public static Night of(Map<List<String>, Night> nights, Comparison comparison) {
    return nights.get(List.of(comparison.configId(), comparison.reference()));
  }

  /** A generator's state in this night; null if the night did not know it. */
  public AlertState state(String dataset) {
    Row row = rows.get(dataset);
    return row == null ? null : stateOf(row);
  }

  /** The state of a row. */
  public static AlertState stateOf(Row row) {
    return AlertState.of(row.<String>getAs("state"));
  }

  /**
   * Whether an evaluation is of a night before: the generator failed in this one, or was left out.
   */
  public boolean isPast(Row evaluation) {
    return evaluation.<Timestamp>getAs("evaluated_at").before(at);
  }
}
