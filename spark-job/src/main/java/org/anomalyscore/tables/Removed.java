package org.anomalyscore.tables;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * How many rows of which run the commands of {@code tables} removed; they write it down in the
 * {@code outcome} of their own runs, so that what is left can be counted.
 */
final class Removed {

  private static final String KEY = "removed";

  private Removed() {}

  /** As {@code {"removed": {"scores": {RUN_ID: ROWS}}}}. */
  static String json(List<Change> changes) {
    Map<String, Map<String, Long>> tables = new TreeMap<>();
    for (Change change : changes) {
      if (!change.removed().isEmpty()) {
        tables.put(change.table().folder(), change.removed());
      }
    }
    return Json.write(Map.of(KEY, tables));
  }

  /** Rows of a table by the run that wrote them, over all commands so far. */
  static Map<String, Long> of(TableStore store, Table table) {
    Map<String, Long> byRun = new TreeMap<>();
    for (Row row :
        store
            .read(Table.RUNS)
            .where("command LIKE 'tables %' AND outcome IS NOT NULL")
            .select("run_id", "outcome")
            .collectAsList()) {
      counts(row, table).forEach((run, rows) -> byRun.merge(run, rows, Long::sum));
    }
    return byRun;
  }

  private static Map<String, Long> counts(Row row, Table table) {
    Map<String, Long> counts = new TreeMap<>();
    try {
      byte[] outcome = row.<String>getAs("outcome").getBytes(StandardCharsets.UTF_8);
      if (Json.readObject(outcome).get(KEY) instanceof Map<?, ?> tables
          && tables.get(table.folder()) instanceof Map<?, ?> runs) {
        runs.forEach((run, rows) -> counts.put((String) run, ((Number) rows).longValue()));
      }
      return counts;
    } catch (IOException e) {
      throw new IllegalStateException(
          "The outcome of run " + row.getAs("run_id") + " is no JSON", e);
    }
  }
}
