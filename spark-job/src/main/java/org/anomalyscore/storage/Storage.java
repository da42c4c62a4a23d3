package org.anomalyscore.storage;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/** Where paths lead to. */
public final class Storage {

  /**
   * Settings of Hadoop that reading needs, whatever the cluster has. S3A's classic stream refuses
   * an object that was replaced since its listing; that of Hadoop 3.5, {@code analytics}, gives the
   * old bytes from its cache or an error that does not say so.
   */
  public static final Map<String, String> SETTINGS =
      Map.of("fs.s3a.input.stream.type", "classic", "fs.s3a.prefetch.enabled", "false");

  /**
   * User and password before a host, or a colon or {@code @} in the name of a bucket, which has
   * none. Secrets may hold slashes, so that no parser can be asked.
   */
  private static final Pattern CREDENTIALS =
      Pattern.compile("(?:^|=)(?i:s3[an]?:/+[^/]*[:@]|[a-z][a-z0-9+.-]*://[^/@:]+:[^/@]*@)");

  private Storage() {}

  /**
   * A path that a user wrote, or what is wrong with it.
   *
   * @throws UserException if it is no path, or holds a password, which would then be in tables and
   *     logs; the text is not repeated
   */
  public static Path path(String option, String text) {
    refuseCredentials(option, text);
    try {
      return new Path(text);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          option + " is '" + text + "', which is no path. Give a folder or file, or a URI.", e);
    }
  }

  /**
   * Fails if a text is a URI that holds a password; does not repeat it.
   *
   * @throws UserException if so
   */
  public static void refuseCredentials(String option, String text) {
    if (CREDENTIALS.matcher(text).find()) {
      throw new UserException(
          option
              + " is a URI with credentials before the first slash of its path. They would be"
              + " written to tables and logs, so it is not used. Write SCHEME://BUCKET/PATH, and"
              + " give the credentials by the environment or a profile: see docs/s3.md. Change"
              + " these credentials if others may have seen the command.");
    }
  }

  /**
   * The file system of a path.
   *
   * @throws UserException when nothing on the class path reads such URIs
   */
  public static FileSystem of(Path path, Configuration hadoop) throws IOException {
    try {
      return path.getFileSystem(hadoop);
    } catch (UnsupportedFileSystemException e) {
      throw unknownScheme(path, e);
    } catch (RuntimeException e) {
      // Hadoop knows the class of s3a: and others by name, whether or not it is there.
      if (e.getCause() instanceof ClassNotFoundException) {
        throw unknownScheme(path, e);
      }
      throw e;
    } catch (NoClassDefFoundError e) {
      // hadoop-aws without the AWS SDK, or with a part of it.
      throw unknownScheme(path, e);
    }
  }

  /**
   * Reads an object of S3 by one request, where opening it asks for its length first.
   *
   * @param length bytes that its listing gave
   * @param etag what its listing called these bytes
   * @return its bytes; null if it was replaced since, or if there is no such request for it
   */
  public static byte[] readListed(Path path, long length, String etag, Configuration hadoop)
      throws IOException {
    FileSystem fs = of(path, hadoop);
    return isS3A(fs) && hasSettings(fs.getConf())
        ? S3Objects.readListed(fs, path, length, etag)
        : null;
  }

  /** False where a bucket has settings of its own, or where Spark opened it before this job. */
  private static boolean hasSettings(Configuration hadoop) {
    return SETTINGS.entrySet().stream()
        .allMatch(setting -> setting.getValue().equals(hadoop.getTrimmed(setting.getKey())));
  }

  /** Whether a path leads to this machine's own files; nothing is opened. */
  public static boolean isLocal(Path path, Configuration hadoop) {
    String scheme = path.toUri().getScheme();
    return "file".equals(scheme != null ? scheme : FileSystem.getDefaultUri(hadoop).getScheme());
  }

  /** How executors reach the file systems that this session reaches. */
  public static Broadcast<SerializableConfiguration> broadcastConfiguration(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .broadcast(new SerializableConfiguration(spark.sessionState().newHadoopConf()));
  }

  /** True for S3 by S3A; asks by name, since its class need not be there. */
  static boolean isS3A(FileSystem fs) {
    return fs.getClass().getName().equals("org.apache.hadoop.fs.s3a.S3AFileSystem");
  }

  private static UserException unknownScheme(Path path, Throwable cause) {
    return new UserException(
        "Cannot open "
            + path
            + ": nothing on the class path reads "
            + path.toUri().getScheme()
            + ": ("
            + cause.getMessage()
            + "). Check the scheme, or add its library; s3a: needs hadoop-aws and the AWS SDK.",
        cause);
  }
}
