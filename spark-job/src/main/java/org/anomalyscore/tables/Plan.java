package org.anomalyscore.tables;

import java.util.List;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** What a command would change. */
interface Plan {

  /**
   * Looks at the tables.
   *
   * @param warnings takes what the user must not miss
   */
  List<Change> changes(SparkSession spark, TableStore store, List<String> warnings);
}
