package org.anomalyscore.command;

import java.io.IOException;
import java.util.function.Consumer;
import org.anomalyscore.storage.CommitProtocol;
import org.anomalyscore.storage.LocalFiles;
import org.anomalyscore.storage.ScratchFolder;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Option;
import scala.Tuple2;

/** How a command gets its Spark session. */
public final class SparkOptions {

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "Runs on this Spark master, such as local[4] or spark://HOST:7077. Default: that of"
              + " spark-submit or spark-defaults.conf, or else local[*], all cores of this"
              + " machine.")
  private String master;

  @Option(
      names = "--quiet",
      description = "Says nothing of the steps of the work, only warnings, errors and the result.")
  private boolean quiet;

  /**
   * The session of this process. Settings of spark-submit and spark-defaults.conf stand.
   *
   * @param look looks whether what the command reads is there, as far as that takes no session,
   *     which takes seconds to start; given the settings of Hadoop
   */
  public SparkSession start(String name, Consumer<Configuration> look) {
    look.accept(hadoop());
    Steps steps = quiet ? null : new Steps(System.err);
    SparkSession session = start(name);
    session.sparkContext().setJobDescription(name);
    if (steps != null) {
      session.sparkContext().addSparkListener(steps);
    }
    return session;
  }

  /** Settings of Hadoop as the session will have them. */
  private static Configuration hadoop() {
    Configuration hadoop = new Configuration();
    for (Tuple2<String, String> setting : new SparkConf().getAllWithPrefix("spark.hadoop.")) {
      hadoop.set(setting._1(), setting._2());
    }
    Storage.SETTINGS.forEach(hadoop::set);
    return hadoop;
  }

  private SparkSession start(String name) {
    SparkSession.Builder builder = SparkSession.builder().appName("anomaly-score " + name);
    SparkConf given = new SparkConf();
    if (master != null) {
      builder.master(master);
      given.setMaster(master);
    } else if (!given.contains("spark.master")) {
      builder.master("local[*]");
      given.setMaster("local[*]");
    }
    if (given.get("spark.master").startsWith("local")
        && !given.contains("spark.local.dir")
        && System.getenv("SPARK_LOCAL_DIRS") == null) {
      builder.config("spark.local.dir", scratch());
    }
    takeLocalFiles(given, builder);
    // Set here and not only under conf/: a table must not depend on how the job was started.
    builder.config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS");
    builder.config("spark.sql.session.timeZone", "UTC");
    // With it, executors put a file of SparkContext.addFile where SparkFiles.get does not look
    // (seen with Spark 4.0.1 on a cluster; SPARK-53478 is alike). This process has one session.
    builder.config("spark.sql.artifact.isolation.enabled", false);
    // Tasks would wait for the executor that holds the list of paths, while the others idle; the
    // list is small and the images are elsewhere.
    builder.config("spark.shuffle.reduceLocality.enabled", false);
    Storage.SETTINGS.forEach((key, value) -> builder.config("spark.hadoop." + key, value));
    CommitProtocol.withoutMissingClasses(given).forEach(builder::config);
    return builder.getOrCreate();
  }

  /** Only in one process: executors in others open files before they have the job's classes. */
  private static void takeLocalFiles(SparkConf given, SparkSession.Builder builder) {
    String setting = "spark.hadoop." + LocalFiles.SETTING;
    if (!given.get("spark.master").matches("local(\\[.*)?") || given.contains(setting)) {
      return;
    }
    try {
      LocalFiles.forgetHadoops();
    } catch (IOException e) {
      throw StorageFault.of("Cannot open the files of this machine", new Path("file:///"), e);
    }
    builder.config(setting, LocalFiles.class.getName());
  }

  /** Spark's own place stays full where a run is killed. */
  private static String scratch() {
    try {
      return ScratchFolder.create("spark").toString();
    } catch (IOException e) {
      throw StorageFault.of(
          "Cannot make a folder for temporary files",
          new Path(System.getProperty("java.io.tmpdir")),
          e);
    }
  }
}
