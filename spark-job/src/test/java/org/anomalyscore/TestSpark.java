package org.anomalyscore;

import org.anomalyscore.functions.AnomalyScoreExtensions;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of this module's tests; it ends with the JVM. */
public final class TestSpark {
  private static final SparkSession SESSION = start();

  private TestSpark() {}

  private static SparkSession start() {
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("tests")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.extensions", AnomalyScoreExtensions.class.getName())
            .getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    return session;
  }

  /** The session. */
  public static SparkSession session() {
    return SESSION;
  }
}
