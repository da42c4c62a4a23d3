package org.anomalyscore.it;

import java.nio.file.Path;

/** The jars of Hive, Iceberg, Delta and OpenLineage, which a cluster has and the job has not. */
final class Catalogs {

  private static final Path JARS = Checkout.ROOT.resolve("integration-tests/catalogs/target/jars");

  private Catalogs() {}

  /**
   * Puts them beside Spark's own.
   *
   * @param folder where Derby may write
   */
  static JobProcess on(JobProcess process, Path folder) {
    return process
        .alsoOnClassPath(JARS.resolve("*").toString())
        .env("JDK_JAVA_OPTIONS", "-Dderby.system.home=" + folder)
        .conf("spark.ui.enabled", "false")
        .conf("spark.sql.shuffle.partitions", "2");
  }
}
