package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;

/**
 * Removes the rows of a data set from all tables but {@code runs}, which stays the record of what
 * was done: rows of its images, and rows in which it is compared, on whichever side.
 *
 * @param configId only these rows; null for those of all
 * @param before only rows of runs that began before; null for those of all
 */
record Deletion(String dataset, String configId, Instant before) implements Plan {

  /** Columns that name a data set. */
  private static final List<String> NAMES = List.of("dataset", "reference", "other_dataset");

  @Override
  public List<Change> changes(SparkSession spark, TableStore store, List<String> warnings) {
    List<Change> changes =
        Arrays.stream(Table.values())
            .filter(table -> table != Table.RUNS)
            .map(table -> change(store, table))
            .toList();
    if (changes.stream().allMatch(Change::isEmpty)) {
      warnings.add(
          "WARNING: no table of %s has such rows of the data set '%s'; nothing is deleted."
              .formatted(store.location(), VisibleText.of(dataset)));
    }
    return changes;
  }

  private Change change(TableStore store, Table table) {
    List<TableFile> files = store.files(table).stream().filter(f -> mayHold(table, f)).toList();
    Column doomed = doomed(table);
    return Change.removing(
        store, table, files, rows -> rows.where(doomed), rows -> rows.where(not(doomed)));
  }

  /** By the names of folders, so that no other data set's files are opened. */
  private boolean mayHold(Table table, TableFile file) {
    return !table.partitionColumns().contains("dataset")
        || file.folder().endsWith("/dataset=" + ExternalCatalogUtils.escapePathName(dataset));
  }

  private Column doomed(Table table) {
    List<String> columns = List.of(table.schema().fieldNames());
    Column doomed = lit(false);
    for (String name : NAMES) {
      if (columns.contains(name)) {
        doomed = doomed.or(col(name).eqNullSafe(dataset));
      }
    }
    if (configId != null && columns.contains("config_id")) {
      doomed = doomed.and(col("config_id").eqNullSafe(configId));
    }
    return before == null
        ? doomed
        : doomed.and(coalesce(RowTime.of(table).lt(lit(Timestamp.from(before))), lit(false)));
  }
}
