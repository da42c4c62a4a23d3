package org.anomalyscore.tables;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;

/** Puts small files together, wherever a folder of a table has several. */
final class Compaction implements Plan {

  /** A file that is half full stays as it is: a night must not write a year's rows anew. */
  private static final long SMALL = TableFile.FULL / 2;

  @Override
  public List<Change> changes(SparkSession spark, TableStore store, List<String> warnings) {
    return Arrays.stream(Table.values()).map(table -> change(store, table)).toList();
  }

  private static Change change(TableStore store, Table table) {
    Map<String, List<TableFile>> small =
        store.files(table).stream()
            .filter(file -> file.bytes() < SMALL)
            // Readers pass over rows of a set without a name, which would be lost.
            .filter(file -> !file.folder().contains(ExternalCatalogUtils.DEFAULT_PARTITION_NAME()))
            .collect(Collectors.groupingBy(TableFile::folder));
    List<TableFile> replaced = new ArrayList<>();
    small.values().stream().filter(files -> files.size() > 1).forEach(replaced::addAll);
    return new Change(
        table,
        replaced,
        replaced.isEmpty() ? null : store.readWhole(table, replaced).drop(TableFile.COLUMN),
        Map.of());
  }
}
