package org.anomalyscore.tables;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.command.Result;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Registers tables in a catalog, with the types of {@link Table}: a metastore that guessed them
 * would take a data set called {@code 007} for a number.
 *
 * @param catalog of the session; null for its own
 */
record Registration(SparkSession spark, TableStore store, String catalog, String database) {

  private static final String IMPLEMENTATION = "spark.sql.catalogImplementation";

  /** What Spark loads for Hive's metastore. */
  private static final String HIVE = "org.apache.spark.sql.hive.HiveSessionStateBuilder";

  private static final String VIEW = "current_scores";

  /**
   * What is registered.
   *
   * @param locations of the tables, by name
   */
  record Registered(String database, Map<String, String> locations) implements Result {

    @Override
    public String text() {
      StringBuilder text = new StringBuilder("Registered in " + database + ":");
      locations.forEach((name, location) -> text.append("\n  " + name + "  " + location));
      return text.append("\n  " + VIEW + "  (a view)").toString();
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("database", database);
      object.put("tables", locations);
      object.put("view", VIEW);
      return object;
    }
  }

  /**
   * Refuses a session whose own catalog ends with it.
   *
   * @throws UserException with the setting that is missing
   */
  static void requireMetastore() {
    String remedy =
        " Start this command by spark-submit of a Spark with spark-hive and --conf "
            + IMPLEMENTATION
            + "=hive, or give --catalog the name of another catalog of the session.";
    if (!"hive".equals(new SparkConf().get(IMPLEMENTATION, "in-memory"))) {
      throw new UserException(
          "Cannot register tables: this session has no metastore, so that nothing would be left of"
              + " them when it ends."
              + remedy);
    }
    try {
      Class.forName(HIVE, false, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException e) {
      throw new UserException(
          "Cannot register tables: "
              + IMPLEMENTATION
              + " is hive, but spark-hive is not on the class path of this Spark."
              + remedy,
          e);
    }
  }

  Registered run() {
    if (!database.matches("[A-Za-z0-9_]+")) {
      throw new UserException(
          "--database is '%s': a database's name has only letters, digits and underscores. Give another."
              .formatted(VisibleText.of(database)));
    }
    Upkeep.requireTables(store);
    // The view reads it.
    store.create(Table.REJECTS);
    String name = (catalog == null ? "" : quoted(catalog) + ".") + quoted(database);
    spark.sql("CREATE DATABASE IF NOT EXISTS " + name);
    spark.sql("USE " + name);
    Map<String, String> locations = new TreeMap<>();
    for (Table table : Table.values()) {
      if (store.exists(table)) {
        register(table);
        locations.put(table.folder(), store.location(table));
      }
    }
    spark.sql("CREATE OR REPLACE VIEW " + VIEW + " AS " + definition());
    return new Registered(name, locations);
  }

  private void register(Table table) {
    String name = quoted(table.folder());
    requireOurs(table);
    // Of an external table this forgets the columns and partitions, which may be of before.
    spark.sql("DROP TABLE IF EXISTS " + name);
    boolean partitioned = !table.partitionColumns().isEmpty();
    spark.sql(
        "CREATE TABLE %s (%s) USING parquet %s LOCATION '%s'"
            .formatted(
                name,
                table.schema().asNullable().toDDL(),
                partitioned
                    ? "PARTITIONED BY (" + String.join(", ", table.partitionColumns()) + ")"
                    : "",
                store.location(table).replace("\\", "\\\\").replace("'", "\\'")));
    if (partitioned) {
      spark.sql("ALTER TABLE " + name + " RECOVER PARTITIONS");
    }
  }

  /** Another's table of the name stays. */
  private void requireOurs(Table table) {
    if (spark.sql("SHOW TABLES").where("NOT isTemporary").collectAsList().stream()
        .noneMatch(row -> row.getAs("tableName").equals(table.folder()))) {
      return;
    }
    Map<String, String> facts = new TreeMap<>();
    for (Row row : spark.sql("DESCRIBE TABLE EXTENDED " + quoted(table.folder())).collectAsList()) {
      facts.put(row.getAs("col_name"), row.getAs("data_type"));
    }
    if (!"EXTERNAL".equals(facts.get("Type"))) {
      throw new UserException(
          "Cannot register the table %s: the database %s has another table of this name, which is not external. Give another --database."
              .formatted(table.folder(), database));
    }
  }

  private static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** The query of {@code conf/sql/current_scores.sql}. */
  private static String definition() {
    try (InputStream file = Registration.class.getResourceAsStream(VIEW + ".sql")) {
      String sql = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      List<String> parts = List.of(sql.split(" VIEW " + VIEW + " AS\n", -1));
      return parts.get(1).strip().replaceFirst(";$", "");
    } catch (IOException e) {
      throw new IllegalStateException("The jar's " + VIEW + ".sql cannot be read", e);
    }
  }
}
