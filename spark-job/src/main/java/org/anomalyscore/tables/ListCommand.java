package org.anomalyscore.tables;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tables list}: what is there. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Lists the data sets by configuration, and the tables, with rows, files, bytes, and the"
            + " first and last run.")
final class ListCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession session = spark.start("tables list", tables::requireThere)) {
      return output.print(Inventory.of(new TableStore(session, tables.folder())));
    }
  }
}
