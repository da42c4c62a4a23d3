package org.anomalyscore.tables;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tables publish}: the rows into tables of Iceberg or Delta. */
@Command(
    name = "publish",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Merges the rows that are new into tables of Apache Iceberg, Delta or another format that"
            + " knows MERGE, and makes these tables if there are none. Repeated, it adds no row"
            + " twice. These Parquet tables stay as they are.")
final class PublishCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Option(
      names = Publication.OPTION,
      required = true,
      paramLabel = "CATALOG.DB",
      description =
          "Publishes into this database of this catalog of the session: one that the platform knows,"
              + " or a setting spark.sql.catalog.CATALOG, as in conf/catalogs.")
  private String place;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession session = spark.start("tables publish " + place, this::requireThere)) {
      TableStore store = new TableStore(session, tables.folder());
      return output.print(Publication.to(session, store, place).run());
    }
  }

  private void requireThere(Configuration hadoop) {
    Publication.requirePlace(place);
    tables.requireThere(hadoop);
  }
}
