package org.anomalyscore;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.anomalyscore.functions.AnomalyScoreExtensions;
import org.anomalyscore.storage.LocalFiles;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The one Spark session of this module's tests; it ends with the JVM. */
public final class TestSpark {
  private static final SparkSession SESSION = start();

  private TestSpark() {}

  private static SparkSession start() {
    try {
      LocalFiles.forgetHadoops();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    SparkSession session =
        SparkSession.builder()
            .master("local[2]")
            .appName("tests")
            .config("spark.hadoop." + LocalFiles.SETTING, LocalFiles.class.getName())
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 2)
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.extensions", AnomalyScoreExtensions.class.getName())
            .getOrCreate();
    session.sparkContext().setLogLevel("WARN");
    return session;
  }

  /**
   * The last result of a query of {@code conf/sql}, after the views that it reads are made.
   *
   * @param tables the folder that the queries call {@code tables}
   */
  public static Dataset<Row> query(String file, String tables) throws IOException {
    Dataset<Row> last = null;
    for (String each : List.of("current_scores.sql", file)) {
      String statements = Files.readString(Path.of("../conf/sql", each));
      for (String statement : statements.replace("${tables}", tables).split(";\n", 0)) {
        if (!statement.isBlank()) {
          last = SESSION.sql(statement);
        }
      }
    }
    return last;
  }

  /** The session. */
  public static SparkSession session() {
    return SESSION;
  }
}
