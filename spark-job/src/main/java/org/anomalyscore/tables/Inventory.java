package org.anomalyscore.tables;

import static org.anomalyscore.command.TextTable.left;
import static org.anomalyscore.command.TextTable.right;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min_by;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.anomalyscore.command.Result;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableFile;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;
import org.apache.spark.sql.functions;

/** What a folder of tables holds. */
record Inventory(List<Scored> datasets, List<Size> tables) implements Result {

  /** A data set under a configuration. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Scored(
      String dataset,
      String configId,
      String model,
      long rows,
      int files,
      long bytes,
      String firstRun,
      String lastRun) {}

  /** A table. */
  record Size(String table, long rows, int files, long bytes) {}

  static Inventory of(TableStore store) {
    Upkeep.requireTables(store);
    List<TableFile> scores = store.files(Table.SCORES);
    List<Scored> datasets = new ArrayList<>();
    for (Row row :
        store
            .read(Table.SCORES)
            .groupBy("dataset", "config_id")
            .agg(
                max("model").as("model"),
                count(lit(1)).as("rows"),
                min_by(functions.col("run_id"), functions.col("scored_at")).as("first"),
                max_by(functions.col("run_id"), functions.col("scored_at")).as("last"))
            .orderBy("dataset", "config_id")
            .collectAsList()) {
      String dataset = row.getAs("dataset");
      String configId = row.getAs("config_id");
      String folder =
          "%s/config_id=%s/dataset=%s"
              .formatted(
                  Table.SCORES.folder(),
                  ExternalCatalogUtils.escapePathName(configId),
                  ExternalCatalogUtils.escapePathName(dataset));
      List<TableFile> files = scores.stream().filter(f -> f.folder().equals(folder)).toList();
      datasets.add(
          new Scored(
              dataset,
              configId,
              row.getAs("model"),
              row.<Long>getAs("rows"),
              files.size(),
              bytes(files),
              row.getAs("first"),
              row.getAs("last")));
    }
    List<Size> tables = new ArrayList<>();
    for (Table table : Table.values()) {
      List<TableFile> files = store.files(table);
      if (!files.isEmpty()) {
        tables.add(new Size(table.folder(), store.read(table).count(), files.size(), bytes(files)));
      }
    }
    return new Inventory(datasets, tables);
  }

  private static long bytes(List<TableFile> files) {
    return files.stream().mapToLong(TableFile::bytes).sum();
  }

  @Override
  public String text() {
    return TextTable.render(
            datasets,
            List.of(
                left("data set", Scored::dataset),
                left("config_id", Scored::configId),
                left("model", Scored::model),
                number("rows", Scored::rows),
                number("files", row -> (long) row.files),
                number("bytes", Scored::bytes),
                left("first run", Scored::firstRun),
                left("last run", Scored::lastRun)))
        + "\n\n"
        + TextTable.render(
            tables,
            List.of(
                left("table", Size::table),
                number("rows", Size::rows),
                number("files", row -> (long) row.files),
                number("bytes", Size::bytes)));
  }

  private static <T> ColumnData<T> number(String title, Function<T, Long> value) {
    return right(title, row -> String.format(Locale.ROOT, "%,d", value.apply(row)));
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("datasets", datasets);
    object.put("tables", tables);
    return object;
  }
}
