package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * What becomes of some files of a table.
 *
 * @param replaced files that go
 * @param rows that take their place; null where there are none
 * @param removed rows that are in the former and not in the latter, by run
 */
record Change(Table table, List<TableFile> replaced, Dataset<Row> rows, Map<String, Long> removed) {

  /** Removes rows; only files that hold one of them are written anew. */
  static Change removing(
      TableStore store,
      Table table,
      List<TableFile> files,
      UnaryOperator<Dataset<Row>> removed,
      UnaryOperator<Dataset<Row>> kept) {
    Set<String> hit = new HashSet<>();
    Map<String, Long> byRun = new TreeMap<>();
    for (Row row :
        removed
            .apply(store.read(table, files))
            .groupBy(TableFile.COLUMN, "run_id")
            .agg(count(lit(1)).as("rows"))
            .collectAsList()) {
      hit.add(TableFile.pathOf(row.getAs(TableFile.COLUMN)));
      byRun.merge(row.getAs("run_id"), row.<Long>getAs("rows"), Long::sum);
    }
    List<TableFile> replaced =
        files.stream().filter(file -> hit.contains(file.path().toUri().getPath())).toList();
    if (replaced.size() != hit.size()) {
      throw new IllegalStateException(
          "Rows of " + hit + " are to be removed, but the files are " + replaced);
    }
    if (replaced.isEmpty()) {
      return new Change(table, replaced, null, byRun);
    }
    Dataset<Row> rest = kept.apply(store.readWhole(table, replaced)).drop(TableFile.COLUMN);
    // A table without partitions keeps a file, so that SQL can name it.
    boolean nothing = !table.partitionColumns().isEmpty() && rest.isEmpty();
    return new Change(table, replaced, nothing ? null : rest, byRun);
  }

  boolean isEmpty() {
    return replaced.isEmpty();
  }

  long bytes() {
    return replaced.stream().mapToLong(TableFile::bytes).sum();
  }

  long rowsRemoved() {
    return removed.values().stream().mapToLong(Long::longValue).sum();
  }
}
