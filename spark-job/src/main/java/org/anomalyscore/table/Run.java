package org.anomalyscore.table;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.anomalyscore.storage.Json;
import org.apache.spark.package$;

/** One invocation of a command: its name and time, and the row that it leaves in {@code runs}. */
public record Run(String id, String command, Instant startedAt) {

  /**
   * Status of a run that did all that it was asked for; rejected images do not count against it.
   */
  public static final String COMPLETE = "complete";

  /** Status of a run that ended with an error. */
  public static final String FAILED = "failed";

  /** Status of a run that was killed; written by the run that found its lease. */
  public static final String INTERRUPTED = "interrupted";

  /** Command of runs that deleted rows of their {@code dataset}, under their configuration. */
  public static final String DELETION = "tables delete";

  /** The configuration of runs that were of all of them, or of none. */
  public static final String ANY_CONFIGURATION = "";

  private static final Properties BUILD = buildProperties();
  private static final DateTimeFormatter ID_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  /** Starts a run now; its id sorts by time. */
  public static Run start(String command) {
    // Parquet keeps microseconds; cut here, so that what is written is what is read back.
    Instant now = Instant.now().truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    String unique = UUID.randomUUID().toString().substring(0, 8);
    return new Run(ID_TIME.format(now) + "-" + unique, command, now);
  }

  /** The start as the type that Spark's rows want. */
  public Timestamp startedTimestamp() {
    return Timestamp.from(startedAt);
  }

  /** Seconds since the start. */
  public double seconds() {
    return (Instant.now().toEpochMilli() - startedAt.toEpochMilli()) / 1000.0;
  }

  /** A row of {@code runs} with everything that this class knows; the caller adds the rest. */
  public TableRow row() {
    return TableRow.of(Table.RUNS)
        .with("run_id", id)
        .with("command", command)
        .with("started_at", startedTimestamp())
        .with("seconds", seconds())
        .with("project_version", projectVersion())
        .with("git_commit", gitCommit())
        .with("spark_version", package$.MODULE$.SPARK_VERSION())
        .with("java_version", System.getProperty("java.version"))
        .with("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
  }

  /** The row of a run that did all that it was asked for; the caller adds the rest. */
  public TableRow complete(String configId, Map<String, Object> configuration) {
    return row()
        .with("status", COMPLETE)
        .with("config_id", configId)
        .with("configuration", Json.write(configuration));
  }

  /** The version in the pom; {@code unknown} outside a packaged jar. */
  public static String projectVersion() {
    return BUILD.getProperty("version", "unknown");
  }

  /**
   * The commit that the jar was built from, with {@code -dirty} where the sources had changed
   * since; {@code unknown} where it was not built from git.
   */
  public static String gitCommit() {
    String commit = BUILD.getProperty("commit", "unknown");
    return "true".equals(BUILD.getProperty("dirty")) ? commit + "-dirty" : commit;
  }

  private static Properties buildProperties() {
    Properties properties = new Properties();
    try (InputStream in = Run.class.getResourceAsStream("/org/anomalyscore/build.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The jar's build.properties cannot be read", e);
    }
    return properties;
  }
}
