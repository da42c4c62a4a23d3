package org.anomalyscore.table;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;

/**
 * Which names a data set may have. It is a value in tables, the name of a folder of the table of
 * scores, a word in lists that are separated by commas, and a text on terminals and pages.
 */
public final class DatasetName {

  /** File systems allow 255, of which {@code dataset=} takes 8. */
  private static final int MOST_BYTES = 200;

  private DatasetName() {}

  /**
   * Refuses a name that cannot be kept.
   *
   * @param option for the message
   * @return the name
   */
  public static String require(String option, String name) {
    String fault = fault(name);
    if (fault != null) {
      throw new UserException(option + " is '" + VisibleText.of(name) + "': " + fault);
    }
    return name;
  }

  /**
   * Refuses a name that stands twice among those of one comparison.
   *
   * @param names of all sets that take part, the reference too
   */
  public static void requireEachOnce(List<String> names) {
    if (new HashSet<>(names).size() < names.size()) {
      throw new UserException(
          "A data set is named twice in " + VisibleText.of(names.toString()) + ". Name each once.");
    }
  }

  /** What is wrong with a name and what to do, or null. */
  public static String fault(String name) {
    if (name.isBlank()) {
      return "the name of a data set must not be blank. Give another.";
    }
    if (name.contains(",")) {
      return "the name of a data set must have no comma, since evaluate takes names separated by"
          + " commas. Give another.";
    }
    if (!VisibleText.of(name).equals(name)) {
      return "the name of a data set must have no control characters or other characters that"
          + " cannot be seen. Give another.";
    }
    if (name.equals(ExternalCatalogUtils.DEFAULT_PARTITION_NAME())) {
      return "Spark gives this name to the folder of rows that have no name, and could not read it"
          + " back. Give another.";
    }
    // Characters that have a meaning in paths take three bytes each.
    String folder = ExternalCatalogUtils.escapePathName(name);
    int bytes = folder.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MOST_BYTES) {
      return "as the name of a folder it takes %,d bytes, and at most %d are allowed. Give a shorter one."
          .formatted(bytes, MOST_BYTES);
    }
    return null;
  }
}
