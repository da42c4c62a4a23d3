package org.anomalyscore.tables;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code tables compact}: few files in, the same rows out. */
@Command(
    name = "compact",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Writes the rows of small files into files of about 128 MiB, of each data set and"
            + " configuration apart and sorted by path. The rows stay the same.")
final class CompactCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Mixin private DryRunOption dryRun;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    Upkeep upkeep = new Upkeep("compact", tables.folder(), null, null, Map.of(), dryRun.isDry());
    try (SparkSession session = spark.start("tables compact", tables::requireThere)) {
      return output.print(upkeep.run(session, new Compaction()));
    }
  }
}
