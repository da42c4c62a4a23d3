package org.anomalyscore.tables;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tables verify}: whether all is there and readable. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Reads every file of the tables, compares their rows with what runs counted, and looks for"
            + " what killed runs left. Mends nothing; the exit code is 3 where something is wrong.")
final class VerifyCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    try (SparkSession session = spark.start("tables verify", tables::requireThere)) {
      return output.print(Verification.run(session, tables.folder()));
    }
  }
}
