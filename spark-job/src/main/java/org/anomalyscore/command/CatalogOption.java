package org.anomalyscore.command;

import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;

/** Whether a command registers the tables that it wrote to. */
public final class CatalogOption {

  private static final Logger LOG = LoggerFactory.getLogger(CatalogOption.class);

  private static final String NAME = "--catalog-table";

  @Option(
      names = NAME,
      paramLabel = "DB[.PREFIX]",
      description =
          "Registers the tables at the end in this database of the session's metastore, as scores"
              + " or PREFIX_scores and so on, with the view current_scores; or adds the new"
              + " partitions. See tables register. Default: registers nothing.")
  private String place;

  /** Before any work: a run of hours must not end with a name that no database can have. */
  public void requireMetastore() {
    if (place != null) {
      Registration.requireMetastore(NAME, place);
    }
  }

  /**
   * Registers, if that was asked for.
   *
   * @param folder of the tables
   * @param code of what the command did; one that says something, as an alert, is not hidden by a
   *     metastore that fails
   * @return the command's exit code
   */
  public int register(SparkSession spark, String folder, int code) {
    if (place == null) {
      return code;
    }
    try {
      Registration.of(spark, new TableStore(spark, folder), null, NAME, place).run();
    } catch (Exception e) {
      // Not RuntimeException: Scala throws checked exceptions undeclared.
      if (code == ExitCode.DONE.code()) {
        throw e;
      }
      LOG.error("The tables were written, but not registered as {}: {}", place, e.getMessage());
    }
    return code;
  }
}
