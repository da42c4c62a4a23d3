package org.anomalyscore.command;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Registers tables in a catalog, with the types of {@link Table}: a metastore that guessed them
 * would take a data set called {@code 007} for a number.
 *
 * @param catalog of the session; null for its own
 * @param database in it
 * @param prefix of the tables' names there, before an underscore; empty for none
 */
public record Registration(
    SparkSession spark, TableStore store, String catalog, String database, String prefix) {

  private static final String IMPLEMENTATION = "spark.sql.catalogImplementation";

  /** What Spark loads for Hive's metastore. */
  private static final String HIVE = "org.apache.spark.sql.hive.HiveSessionStateBuilder";

  private static final String VIEW = "current_scores";

  private static final Pattern PLACE = Pattern.compile("([A-Za-z0-9_]+)(?:\\.([A-Za-z0-9_]+))?");

  /** What the view reads. */
  private static final Pattern READ = Pattern.compile("\\b(FROM|JOIN) (scores|rejects)\\b");

  /**
   * Names the place of the tables.
   *
   * @param option that gave it, for the message
   * @param place as {@code DATABASE} or {@code DATABASE.PREFIX}
   */
  public static Registration of(
      SparkSession spark, TableStore store, String catalog, String option, String place) {
    Matcher parts = parts(option, place);
    String prefix = parts.group(2) == null ? "" : parts.group(2);
    return new Registration(spark, store, catalog, parts.group(1), prefix);
  }

  private static Matcher parts(String option, String place) {
    Matcher parts = PLACE.matcher(place);
    if (!parts.matches()) {
      throw new UserException(
          "%s is '%s': the names of a database and of a prefix have only letters, digits and underscores. Give another, as nights or nights.gan."
              .formatted(option, VisibleText.of(place)));
    }
    return parts;
  }

  /**
   * What is registered.
   *
   * @param locations of the tables, by name
   * @param view null where there are no scores
   */
  public record Registered(String database, Map<String, String> locations, String view)
      implements Result {

    @Override
    public String text() {
      StringBuilder text = new StringBuilder("Registered in " + database + ":");
      locations.forEach((name, location) -> text.append("\n  " + name + "  " + location));
      return text.append(view == null ? "" : "\n  " + view + "  (a view)").toString();
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("database", database);
      object.put("tables", locations);
      object.put("view", view);
      return object;
    }
  }

  /**
   * Refuses a session whose own catalog ends with it, and a place that none can have.
   *
   * @throws UserException with the setting that is missing
   */
  static void requireMetastore(String option, String place) {
    parts(option, place);
    requireMetastore();
  }

  /** See above; for a place that is checked elsewhere. */
  public static void requireMetastore() {
    String remedy =
        " Start this command by spark-submit of a Spark with spark-hive and --conf "
            + IMPLEMENTATION
            + "=hive, or register with tables register and --catalog, the name of another catalog"
            + " of the session.";
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

  /** Registers what is there; what is registered already gets its new partitions. */
  public Registered run() {
    boolean scores = store.exists(Table.SCORES);
    if (scores) {
      // The view reads it.
      store.create(Table.REJECTS);
    }
    spark.sql("CREATE DATABASE IF NOT EXISTS " + place());
    Map<String, String> locations = new TreeMap<>();
    for (Table table : Table.values()) {
      if (store.exists(table)) {
        register(table);
        locations.put(name(table.folder()), store.location(table));
      }
    }
    if (scores) {
      String reads =
          READ.matcher(definition())
              .replaceAll(found -> found.group(1) + " " + full(found.group(2)));
      spark.sql("CREATE OR REPLACE VIEW " + full(VIEW) + " AS " + reads);
    }
    return new Registered(place(), locations, scores ? name(VIEW) : null);
  }

  private String place() {
    return (catalog == null ? "" : quoted(catalog) + ".") + quoted(database);
  }

  private String name(String table) {
    return prefix.isEmpty() ? table : prefix + "_" + table;
  }

  private String full(String table) {
    return place() + "." + quoted(name(table));
  }

  private void register(Table table) {
    boolean partitioned = !table.partitionColumns().isEmpty();
    String name = full(table.folder());
    if (!isRegistered(table)) {
      // Of an external table this forgets the columns, which are those of another version.
      spark.sql("DROP TABLE IF EXISTS " + name);
      spark.sql(
          "CREATE TABLE %s (%s) USING parquet %s LOCATION '%s'"
              .formatted(
                  name,
                  table.schema().asNullable().toDDL(),
                  partitioned
                      ? "PARTITIONED BY (" + String.join(", ", table.partitionColumns()) + ")"
                      : "",
                  location(table).toString().replace("\\", "\\\\").replace("'", "\\'")));
    }
    if (partitioned) {
      spark.sql("MSCK REPAIR TABLE " + name + " SYNC PARTITIONS");
    }
    spark.sql("REFRESH TABLE " + name);
  }

  /** Whether it is there as it would be made anew. Another's table of the name stays. */
  private boolean isRegistered(Table table) {
    if (!spark.catalog().tableExists(full(table.folder()))) {
      return false;
    }
    Map<String, String> facts = new TreeMap<>();
    for (Row row : spark.sql("DESCRIBE TABLE EXTENDED " + full(table.folder())).collectAsList()) {
      facts.put(row.getAs("col_name"), row.getAs("data_type"));
    }
    if (!"EXTERNAL".equals(facts.get("Type"))
        || !location(table).equals(new Path(facts.getOrDefault("Location", "/")))) {
      throw new UserException(
          "Cannot register the table %s: the database %s has another table of this name, which is not an external one of %s. Give another database or prefix, or drop that table."
              .formatted(name(table.folder()), database, store.location(table)));
    }
    return spark.table(full(table.folder())).schema().equals(table.schema().asNullable());
  }

  /** Whole, since Spark would put a relative one below the folder of the database. */
  private Path location(Table table) {
    Path path = new Path(store.location(table));
    try {
      return Storage.of(path, spark.sessionState().newHadoopConf()).makeQualified(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
