package org.anomalyscore.storage;

import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/**
 * How Spark makes the files of finished tasks visible. By default it renames them, which S3 cannot:
 * there a rename is a copy and a deletion of each object, and a job that dies between leaves rows
 * twice or not at all. The magic committer of S3A uploads in place and completes the uploads at the
 * end.
 */
public final class CommitProtocol {

  private static final String PROTOCOL_KEY = "spark.sql.sources.commitProtocolClass";
  private static final String PROTOCOL =
      "org.apache.spark.internal.io.cloud.PathOutputCommitProtocol";
  private static final String PARQUET_KEY = "spark.sql.parquet.output.committer.class";
  private static final String PARQUET =
      "org.apache.spark.internal.io.cloud.BindingParquetOutputCommitter";
  private static final String NAME_KEY = "fs.s3a.committer.name";
  private static final String NAME = "magic";
  private static final String FACTORY_KEY = "mapreduce.outputcommitter.factory.scheme.s3a";
  private static final String FACTORY = "org.apache.hadoop.fs.s3a.commit.S3ACommitterFactory";

  /** Spark's own defaults. */
  private static final Map<String, String> BY_RENAMING =
      Map.of(
          PROTOCOL_KEY,
          "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol",
          PARQUET_KEY,
          "org.apache.parquet.hadoop.ParquetOutputCommitter");

  private CommitProtocol() {}

  /**
   * Settings to put in the place of those for S3 where this Spark has no spark-hadoop-cloud, else
   * none. Only S3 needs it, but Spark 4.1 starts no session whose Parquet committer is not there.
   */
  public static Map<String, String> withoutMissingClasses(SparkConf given) {
    boolean named =
        PROTOCOL.equals(given.get(PROTOCOL_KEY, "")) || PARQUET.equals(given.get(PARQUET_KEY, ""));
    return named && !isPresent(PROTOCOL) ? BY_RENAMING : Map.of();
  }

  /**
   * Fails unless this session writes to this file system without renames, if it is S3.
   *
   * @throws UserException with the settings that are missing
   */
  public static void require(SparkSession spark, FileSystem target) {
    if (!Storage.isS3A(target)) {
      return;
    }
    var hadoop = spark.sessionState().newHadoopConf();
    boolean magic =
        PROTOCOL.equals(spark.conf().get(PROTOCOL_KEY))
            && PARQUET.equals(spark.conf().get(PARQUET_KEY, ""))
            && NAME.equals(hadoop.get(NAME_KEY))
            && FACTORY.equals(hadoop.get(FACTORY_KEY));
    if (!magic && !isPresent(PROTOCOL)) {
      throw new UserException(
          "Cannot write tables to %s: this Spark lacks spark-hadoop-cloud, without which it would"
                  .formatted(target.getUri())
              + " commit by renaming, which in S3 is slow and can lose or double rows. Put"
              + " spark-hadoop-cloud_2.13 and hadoop-aws among its jars, of the versions in docs/s3.md,"
              + " for instance by --packages.");
    }
    if (!magic) {
      throw new UserException(
          "Cannot write tables to "
              + target.getUri()
              + ": this Spark session would commit by renaming, which in S3 is slow and can lose"
              + " or double rows. Add these lines to its spark-defaults.conf (they are in the"
              + " conf folder of this project), or pass each with --conf, and put"
              + " spark-hadoop-cloud and hadoop-aws among its jars:\n  "
              + String.join(
                  "\n  ",
                  PROTOCOL_KEY + " " + PROTOCOL,
                  PARQUET_KEY + " " + PARQUET,
                  "spark.hadoop." + NAME_KEY + " " + NAME,
                  "spark.hadoop." + FACTORY_KEY + " " + FACTORY));
    }
  }

  private static boolean isPresent(String type) {
    try {
      Class.forName(type, false, Thread.currentThread().getContextClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
