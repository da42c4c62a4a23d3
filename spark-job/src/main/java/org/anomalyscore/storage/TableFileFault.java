package org.anomalyscore.storage;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkThrowable;

/** What Spark says of a file of a table that it cannot read: which, why, and what to do. */
public final class TableFileFault {

  /** For every file that is not as this program wrote it. */
  public static final String REMEDY =
      "It was damaged, or another program wrote it. Put a copy of it back, or remove it and run the"
          + " same command of score (or whichever wrote the table) again, which writes what is"
          + " missing.";

  /** In messages that reached the driver as text alone. */
  private static final Pattern FILE =
      Pattern.compile("(?:reading file|footer for file:?|Could not read) '?([^\\s']+)");

  private TableFileFault() {}

  /** Of a file without bytes, which Spark passes over. */
  public static UserException empty(Path file) {
    return new UserException("Cannot read the file " + file + ": it is empty. " + REMEDY);
  }

  /** The message, or null where the failure is of another kind. */
  static String in(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SparkThrowable spark && spark.getCondition() != null) {
        String message = of(spark.getCondition(), spark.getMessageParameters(), t);
        if (message != null) {
          return message;
        }
      }
    }
    return null;
  }

  private static String of(String condition, Map<String, String> parameters, Throwable failure) {
    if (condition.equals("USER_RAISED_EXCEPTION")) {
      return parameters.get("errorMessage");
    }
    if (condition.startsWith("CONFLICTING_DIRECTORY_STRUCTURES")
        || condition.startsWith("CONFLICTING_PARTITION_COLUMN_NAMES")) {
      return "A table has folders of another program among its own. "
          + oneLine(failure.getMessage())
          + " Move the folder that is not named as COLUMN=VALUE out of the table.";
    }
    if (condition.equals("FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH")) {
      return "Cannot read the file %s: its column %s is of the type %s and not %s. %s"
          .formatted(
              parameters.get("path"),
              parameters.get("column"),
              parameters.get("actualType"),
              parameters.get("expectedType"),
              REMEDY);
    }
    if (condition.equals("FAILED_READ_FILE.FILE_NOT_EXIST")) {
      return "Cannot read the file %s: it was deleted meanwhile, as by a command of tables that ran beside this one. Start this again."
          .formatted(parameters.get("path"));
    }
    if (condition.startsWith("FAILED_READ_FILE")
        || condition.startsWith("CANNOT_READ_FILE_FOOTER")) {
      Matcher named = FILE.matcher(String.valueOf(failure.getMessage()));
      String path = parameters.getOrDefault("path", parameters.get("file"));
      return "Cannot read the file %s: %s. %s"
          .formatted(
              path != null ? path : named.find() ? named.group(1) : "of a table",
              reason(failure),
              REMEDY);
    }
    return null;
  }

  private static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    return oneLine(String.valueOf(innermost.getMessage())).replaceFirst("\\.$", "");
  }

  private static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
