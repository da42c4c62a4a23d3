package org.anomalyscore.tables;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.Registration;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tables register}: SQL finds the tables by name. */
@Command(
    name = "register",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Makes external tables of these tables, and the view current_scores, in a metastore such as"
            + " Hive's. Again after a new data set, whose partitions it adds; score, evaluate and"
            + " benchmark do so themselves with --catalog-table.")
final class RegisterCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Option(
      names = "--database",
      required = true,
      paramLabel = "DB[.PREFIX]",
      description =
          "Registers in this database, which is made if there is none; with a prefix the tables are"
              + " called PREFIX_scores and so on.")
  private String database;

  @Option(
      names = "--catalog",
      paramLabel = "NAME",
      description =
          "Registers in this catalog of the session, a setting spark.sql.catalog.NAME. Default:"
              + " spark_catalog, the session's own.")
  private String catalog;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    if (catalog == null) {
      Registration.requireMetastore();
    }
    try (SparkSession session = spark.start("tables register " + database, tables::requireThere)) {
      TableStore store = new TableStore(session, tables.folder());
      Upkeep.requireTables(store);
      return output.print(Registration.of(session, store, catalog, "--database", database).run());
    }
  }
}
