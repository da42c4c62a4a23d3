package org.anomalyscore.table;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.anomalyscore.storage.TableFileFault;
import org.anomalyscore.storage.UserException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that files of a table have and this version does not know, as a newer one wrote them.
 * Whoever writes rows of these files anew must write them too, or they would be lost.
 */
final class ForeignColumns {

  private ForeignColumns() {}

  /**
   * Reads the footer of each file.
   *
   * @throws UserException where rows of these files cannot be written anew without a loss: a file
   *     is empty, lies in folders of other partition columns than the table's, or two files have
   *     one column of two types
   */
  static StructType of(SparkSession spark, Table table, List<TableFile> files) {
    if (files.isEmpty()) {
      return new StructType();
    }
    for (TableFile file : files) {
      if (file.bytes() == 0) {
        throw TableFileFault.empty(file.path());
      }
      requireFolders(table, file);
    }
    Set<String> known =
        Arrays.stream(table.schema().fieldNames())
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    StructType foreign = new StructType();
    for (StructField field : merged(spark, table, files).fields()) {
      if (!known.contains(field.name().toLowerCase(Locale.ROOT))) {
        foreign = foreign.add(field);
      }
    }
    return foreign;
  }

  private static StructType merged(SparkSession spark, Table table, List<TableFile> files) {
    try {
      return spark
          .read()
          .option("mergeSchema", true)
          .option("recursiveFileLookup", true)
          .parquet(files.stream().map(file -> file.path().toString()).toArray(String[]::new))
          .schema();
    } catch (Exception e) {
      // Not RuntimeException: Scala throws checked exceptions undeclared.
      for (Throwable t = e; t != null; t = t.getCause()) {
        if (t instanceof SparkThrowable fault
            && "CANNOT_MERGE_SCHEMAS".equals(fault.getCondition())) {
          throw new UserException(
              "Cannot write the files of the table %s anew: one column has two types in them. %s Another version wrote some of them; use that version, or the newer one."
                  .formatted(table.folder(), oneLine(t)),
              e);
        }
      }
      throw e;
    }
  }

  private static String oneLine(Throwable fault) {
    Throwable cause = fault.getCause() == null ? fault : fault.getCause();
    return String.valueOf(cause.getMessage()).strip().replaceAll("\\s*\\R\\s*", " ");
  }

  /** As {@code scores/config_id=c1/dataset=real}. */
  private static void requireFolders(Table table, TableFile file) {
    String[] folders = file.folder().split("/", -1);
    boolean ours = folders.length == 1 + table.partitionColumns().size();
    for (int i = 1; ours && i < folders.length; i++) {
      ours = folders[i].startsWith(table.partitionColumns().get(i - 1) + "=");
    }
    if (!ours) {
      throw new UserException(
          "Cannot write the file %s anew: the folders of the table %s are not those that this version knows (%s), and what they say would be lost. Use the version that wrote it."
              .formatted(
                  file.path(),
                  table.folder(),
                  table.partitionColumns().isEmpty()
                      ? "none"
                      : String.join(", ", table.partitionColumns())));
    }
  }
}
