package org.anomalyscore.it;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A cluster's Spark with the jars of Hive, Iceberg, Delta and OpenLineage, which the job has not:
 * of a version for which all of them are on Maven Central.
 */
final class Catalogs {

  private static final String SPARK = "4.0.1";
  private static final Path JARS = Checkout.ROOT.resolve("integration-tests/catalogs/target/jars");

  private Catalogs() {}

  /** The folder of that Spark. */
  static Path sparkHome() throws IOException, InterruptedException {
    return OtherSpark.home(SPARK);
  }

  /**
   * Starts a plain SparkSubmit with that Spark and them.
   *
   * @param folder where Derby may write
   */
  static JobProcess on(JobProcess process, Path folder) throws IOException, InterruptedException {
    return process
        .onSpark(sparkHome())
        .alsoOnClassPath(JARS.resolve("*").toString())
        .env("JDK_JAVA_OPTIONS", "-Dderby.system.home=" + folder)
        .conf("spark.ui.enabled", "false")
        .conf("spark.sql.shuffle.partitions", "2");
  }
}
