package org.anomalyscore.tables;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.SparkOptions;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code tables expire}: what no answer needs any more goes. */
@Command(
    name = "expire",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Deletes old rows that no answer needs: scores and rejects of files that were changed or"
            + " deleted since, and rows of image_measures of old evaluations. Evaluations stay.")
final class ExpireCommand implements Callable<Integer> {

  @Mixin private TablesOption tables;

  @Option(
      names = "--keep",
      required = true,
      paramLabel = "DAYS",
      converter = Days.class,
      description = "Keeps all rows of runs of the last so many days, as 90d.")
  private Duration keep;

  @Mixin private DryRunOption dryRun;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  /** As 90d. */
  private static final class Days implements ITypeConverter<Duration> {

    private static final Pattern DAYS = Pattern.compile("(\\d{1,5})d");

    @Override
    public Duration convert(String value) {
      Matcher days = DAYS.matcher(value);
      if (!days.matches()) {
        throw new TypeConversionException(
            "'" + value + "' is no number of days. Give one such as 90d.");
      }
      return Duration.ofDays(Long.parseLong(days.group(1)));
    }
  }

  @Override
  public Integer call() throws IOException {
    Upkeep upkeep =
        new Upkeep(
            "expire",
            tables.folder(),
            null,
            null,
            Map.of("keep_days", keep.toDays()),
            dryRun.isDry());
    try (SparkSession session = spark.start("tables expire", tables::requireThere)) {
      return output.print(upkeep.run(session, new Expiry(Instant.now().minus(keep))));
    }
  }
}
