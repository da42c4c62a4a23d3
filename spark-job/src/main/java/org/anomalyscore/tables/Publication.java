package org.anomalyscore.tables;

import static org.apache.spark.sql.functions.max;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.anomalyscore.command.Registration;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.CatalogNotFoundException;
import org.apache.spark.sql.types.StructField;

/**
 * Merges rows into tables of the same names in a catalog whose format knows MERGE INTO.
 *
 * <p>It takes the rows of runs that are in {@code runs} here and not yet there, and {@code runs}
 * itself last: a run that is there has all its rows there. Each table is one commit of its format.
 * Killed between two, it is repeated, and finds the rows that are there by their key. A run writes
 * its row of {@code runs} after all others, so that no half of a run is published.
 *
 * @param place the quoted catalog and database
 * @param using the clause of a new table
 */
record Publication(SparkSession spark, TableStore store, String place, String using) {

  static final String OPTION = "--to";

  private static final String SESSION_CATALOG = "spark_catalog";

  private static final String SETTING = "spark.sql.catalog.";

  private static final String RUN = "run_id";

  /** What names a row of scores: an image that was scored again has one row, its newest. */
  private static final List<String> IMAGE = List.of("config_id", "dataset", "path", "image_id");

  /** The rows to merge, as SQL names them. */
  private static final String FRESH = "anomaly_score_rows_to_publish";

  /**
   * Looks at the name before there is a session.
   *
   * @throws UserException with what is missing
   */
  static void requirePlace(String place) {
    if (parts(place)[0].equals(SESSION_CATALOG)) {
      if (!new SparkConf().contains(SETTING + SESSION_CATALOG)) {
        throw noCatalog(place);
      }
      Registration.requireMetastore();
    }
  }

  private static UserException noCatalog(String place) {
    String catalog = parts(place)[0];
    return new UserException(
        "%s is %s, but the session has no catalog %s: there is no setting %s%s. conf/catalogs has the settings for Iceberg and for Delta, and how to give them to spark-submit."
            .formatted(OPTION, place, catalog, SETTING, catalog));
  }

  private static String[] parts(String place) {
    if (!place.matches("[A-Za-z0-9_]+(\\.[A-Za-z0-9_]+)+")) {
      throw new UserException(
          "%s is '%s': give a catalog and a database of letters, digits and underscores, as lake.nights."
              .formatted(OPTION, VisibleText.of(place)));
    }
    return place.split("\\.", 2);
  }

  /**
   * Finds the catalog, which a platform may know without a setting.
   *
   * @throws UserException where the session has none of that name
   */
  static Publication to(SparkSession spark, TableStore store, String place) {
    try {
      spark.newSession().catalog().setCurrentCatalog(parts(place)[0]);
    } catch (Exception e) {
      // It is a checked exception, which Scala's methods do not declare.
      if (e instanceof CatalogNotFoundException) {
        throw noCatalog(place);
      }
      throw e;
    }
    String catalog = spark.conf().get(SETTING + parts(place)[0], "");
    // The session's own catalog has tables of every format.
    String using =
        catalog.startsWith("io.delta.") || catalog.contains(".delta.")
            ? "USING delta"
            : catalog.startsWith("org.apache.iceberg.") ? "USING iceberg" : "";
    String quoted =
        Arrays.stream(place.split("\\.", -1))
            .map(part -> "`" + part + "`")
            .collect(Collectors.joining("."));
    return new Publication(spark, store, quoted, using);
  }

  /** Under the lease, so that neither the files change meanwhile nor another publishes too. */
  PublishResult run() {
    Upkeep.requireTables(store);
    return Upkeep.underLease(spark, store, "publish", lease -> publish());
  }

  private PublishResult publish() {
    spark.sql("CREATE NAMESPACE IF NOT EXISTS " + place);
    // Collected, since evaluate and others may end a run meanwhile.
    Dataset<Row> ended = frozen(store.read(Table.RUNS).select(RUN).distinct());
    Dataset<Row> fresh =
        spark.catalog().tableExists(full(Table.RUNS))
            ? frozen(ended.join(spark.table(full(Table.RUNS)), list(RUN), "left_anti"))
            : ended;
    List<Table> tables = new ArrayList<>(Arrays.asList(Table.values()));
    tables.remove(Table.RUNS);
    tables.add(Table.RUNS);
    List<PublishResult.Line> lines = new ArrayList<>();
    for (Table table : tables) {
      if (store.exists(table)) {
        lines.add(publish(table, ended, fresh));
      }
    }
    return new PublishResult(place, lines);
  }

  private Dataset<Row> frozen(Dataset<Row> ids) {
    return spark.createDataFrame(ids.collectAsList(), ids.schema());
  }

  private static String[] list(String... columns) {
    return columns;
  }

  private PublishResult.Line publish(Table table, Dataset<Row> ended, Dataset<Row> fresh) {
    prepare(table);
    long before = spark.table(full(table)).count();
    Dataset<Row> all = store.read(table);
    // An acknowledgement of an alert is a run without a row of runs.
    boolean each = table == Table.ALERTS;
    long waiting = each ? 0 : all.join(ended, list(RUN), "left_anti").count();
    Dataset<Row> rows =
        each
            ? all.join(spark.table(full(table)).select(RUN).distinct(), list(RUN), "left_anti")
            : all.join(fresh, list(RUN), "left_semi");
    if ((!each && fresh.isEmpty()) || rows.isEmpty()) {
      return new PublishResult.Line(table.folder(), before, before, waiting);
    }
    merge(table, table == Table.SCORES ? newest(rows) : rows);
    return new PublishResult.Line(
        table.folder(), before, spark.table(full(table)).count(), waiting);
  }

  private static Dataset<Row> newest(Dataset<Row> rows) {
    String[] key = IMAGE.toArray(String[]::new);
    Dataset<Row> newest =
        rows.groupBy(key[0], Arrays.copyOfRange(key, 1, key.length))
            .agg(max("scored_at").as("scored_at"));
    String[] row = Arrays.copyOf(key, key.length + 1);
    row[key.length] = "scored_at";
    // MERGE would add, or refuse, a row that a damaged table has twice.
    return rows.join(newest, row, "left_semi").dropDuplicates(key);
  }

  private void merge(Table table, Dataset<Row> rows) {
    List<String> key = table == Table.SCORES ? IMAGE : List.of(RUN);
    List<String> columns = List.of(table.schema().fieldNames());
    rows.createOrReplaceTempView(FRESH);
    // Without an update a run's rows are all there or none, so that its id is key enough.
    String update =
        table == Table.SCORES
            ? "WHEN MATCHED AND s.scored_at > t.scored_at THEN UPDATE SET "
                + joined(columns, "t.%1$s = s.%1$s", ", ")
            : "";
    spark.sql(
        "MERGE INTO %s t USING %s s ON %s %s WHEN NOT MATCHED THEN INSERT (%s) VALUES (%s)"
            .formatted(
                full(table),
                FRESH,
                joined(key, "t.%1$s = s.%1$s", " AND "),
                update,
                joined(columns, "%1$s", ", "),
                joined(columns, "s.%1$s", ", ")));
    spark.catalog().dropTempView(FRESH);
  }

  private static String joined(List<String> columns, String format, String between) {
    return columns.stream()
        .map(column -> format.formatted("`" + column + "`"))
        .collect(Collectors.joining(between));
  }

  private String full(Table table) {
    return place + ".`" + table.folder() + "`";
  }

  /** Makes the table, or adds the columns that it lacks. Columns that it has beside stay. */
  private void prepare(Table table) {
    String partitions =
        table.partitionColumns().isEmpty()
            ? ""
            : "PARTITIONED BY (" + String.join(", ", table.partitionColumns()) + ")";
    spark.sql(
        "CREATE TABLE IF NOT EXISTS %s (%s) %s %s"
            .formatted(full(table), table.schema().asNullable().toDDL(), using, partitions));
    Map<String, String> there = new TreeMap<>();
    for (StructField field : spark.table(full(table)).schema().fields()) {
      there.put(field.name().toLowerCase(Locale.ROOT), field.dataType().sql());
    }
    List<String> missing = new ArrayList<>();
    for (StructField field : table.schema().fields()) {
      String type = there.get(field.name());
      if (type == null) {
        missing.add("`%s` %s".formatted(field.name(), field.dataType().sql()));
      } else if (!type.equals(field.dataType().sql())) {
        throw new UserException(
            "Cannot publish to %s: its column %s is of the type %s and not %s. Give another database, or rename that table."
                .formatted(full(table), field.name(), type, field.dataType().sql()));
      }
    }
    if (!missing.isEmpty()) {
      spark.sql(
          "ALTER TABLE %s ADD COLUMNS (%s)".formatted(full(table), String.join(", ", missing)));
    }
  }
}
