package org.anomalyscore.tables;

import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ConfigIdOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tables delete}: a data set goes. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Deletes the rows of a data set from all tables but runs, also those in which it is the"
            + " reference. Images that lie there still are scored again by the next run of score.")
final class DeleteCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "Deletes the rows of this data set.")
  private String dataset;

  @Mixin private ConfigIdOption configId;

  @Option(
      names = "--before",
      paramLabel = "DATE",
      description =
          "Deletes only rows of runs that began before this day, as 2026-01-31, in UTC. Default:"
              + " all.")
  private LocalDate before;

  @Mixin private DryRunOption dryRun;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    Map<String, Object> settings = new TreeMap<>();
    settings.put("before", before == null ? null : before.toString());
    Upkeep upkeep =
        new Upkeep("delete", tables.folder(), dataset, configId.id(), settings, dryRun.isDry());
    Deletion deletion =
        new Deletion(
            dataset,
            configId.id(),
            before == null ? null : before.atStartOfDay(ZoneOffset.UTC).toInstant());
    try (SparkSession session = spark.start("tables delete " + dataset, tables::requireThere)) {
      return output.print(upkeep.run(session, deletion));
    }
  }
}
