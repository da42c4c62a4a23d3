package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Field;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.s3a.Constants;
import org.apache.hadoop.fs.s3a.commit.CommitConstants;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.ConsoleAppender;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.properties.PropertiesConfigurationFactory;
import org.apache.logging.log4j.status.StatusData;
import org.apache.logging.log4j.status.StatusListener;
import org.apache.logging.log4j.status.StatusLogger;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.internal.SQLConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Every file under conf/ is read by what will read it, so that a misspelt key is a failure and not
 * a silence.
 */
@Isolated("its session is the only one of the JVM")
final class ConfFilesIT {
  private static final Path CONF = Checkout.ROOT.resolve("conf");

  @Test
  void noFileIsUntested() throws Exception {
    try (Stream<Path> files = Files.walk(CONF)) {
      assertEquals(
          List.of(
              "airflow/anomaly_score_nightly.py",
              // By BenchmarkTest.
              "alerts.schema.json",
              // Both by ManifestReaderTest.
              "benchmark.schema.json",
              "benchmark.yaml",
              // By PublishIT and LineageIT, the first and the third nightly.
              "catalogs/delta.conf",
              "catalogs/iceberg.conf",
              "catalogs/openlineage.conf",
              "gpu-discovery.sh",
              // By ContainerIT, and the list of jars.
              "kubernetes/Dockerfile",
              "kubernetes/executor-pod.yaml",
              "kubernetes/jars.sha256",
              "kubernetes/nightly.yaml",
              "kubernetes/spark.conf",
              "log4j2.properties",
              "metrics.properties",
              // By MlflowIT.
              "mlflow/notify_mlflow.py",
              "spark-defaults.conf",
              // All four by SqlFunctionsIT.
              "sql/anomaly-score-by-class.sql",
              "sql/current_scores.sql",
              "sql/drift.sql",
              "sql/worst-images.sql",
              "standalone-gpu/spark.conf",
              "standalone-gpu/worker.conf",
              "systemd/anomaly-score-nightly.service",
              "systemd/anomaly-score-nightly.timer",
              "yarn/spark.conf"),
          files
              .filter(Files::isRegularFile)
              .map(file -> CONF.relativize(file).toString())
              .sorted()
              .toList());
    }
  }

  @Test
  void loggingIsQuietAndOnStandardError() throws Exception {
    Complaints complaints = new Complaints();
    StatusLogger.getLogger().registerListener(complaints);
    org.apache.logging.log4j.core.config.Configuration log4j;
    try (InputStream in = Files.newInputStream(CONF.resolve("log4j2.properties"))) {
      log4j =
          new PropertiesConfigurationFactory()
              .getConfiguration(new LoggerContext("conf"), new ConfigurationSource(in));
      log4j.initialize();
    } finally {
      StatusLogger.getLogger().removeListener(complaints);
    }
    assertEquals(List.of(), complaints.messages);
    assertEquals(Level.WARN, log4j.getRootLogger().getLevel());
    ConsoleAppender console = log4j.getAppender("console");
    assertEquals(ConsoleAppender.Target.SYSTEM_ERR, console.getTarget());
    assertTrue(log4j.getRootLogger().getAppenders().containsKey("console"));
    assertEquals(Level.INFO, log4j.getLoggerConfig("org.anomalyscore.job.Main").getLevel());
    assertEquals(Level.WARN, log4j.getLoggerConfig("org.apache.spark.SparkContext").getLevel());
  }

  @Test
  void quietedLoggersAreClassesOfSpark() throws Exception {
    try (URLClassLoader own = jarsOf(Checkout.SPARK_HOME);
        URLClassLoader oldest = jarsOf(Catalogs.sparkHome())) {
      for (Map.Entry<Object, Object> line : load("log4j2.properties").entrySet()) {
        String key = (String) line.getKey();
        String name = (String) line.getValue();
        if (key.matches("logger\\..*\\.name") && !name.equals("org.anomalyscore")) {
          // Of a class that moved, the place in Spark 4.0.
          URLClassLoader spark = key.endsWith("40.name") ? oldest : own;
          String entry = name.replace('.', '/') + ".class";
          assertTrue(spark.getResource(entry) != null || name.startsWith("ai.djl."), name);
        }
      }
    }
  }

  private static URLClassLoader jarsOf(Path home) throws IOException {
    List<URL> jars = new ArrayList<>();
    for (Path jar : Checkout.sparkJars(home)) {
      jars.add(jar.toUri().toURL());
    }
    return new URLClassLoader(jars.toArray(URL[]::new), null);
  }

  @Test
  void sparkKnowsEverySetting() throws Exception {
    Set<String> unknown = new TreeSet<>();
    Properties defaults = load("spark-defaults.conf");
    for (String key : defaults.stringPropertyNames()) {
      // A variable of the executors' environment has a name of the user's choice.
      if (!key.startsWith("spark.executorEnv.") && !isKnown(key)) {
        unknown.add(key);
      }
    }
    assertEquals(Set.of(), unknown);
    assertFalse(isKnown("spark.driver.memry"), "the check itself finds a misspelt key");
    assertFalse(isKnown("spark.sql.session.timezon"), "the check itself finds a misspelt key");
    assertFalse(
        isKnown("spark.hadoop.fs.s3a.retry.limits"), "the check itself finds a misspelt key");
    for (String variable : List.of("OMP_WAIT_POLICY", "GLIBC_TUNABLES")) {
      String value = defaults.getProperty("spark.executorEnv." + variable);
      String inScript = "export %s=\"${%s:-%s}\"".formatted(variable, variable, value);
      assertTrue(Files.readString(Checkout.SCRIPT).contains(inScript), inScript);
    }
  }

  @Test
  void sparkAcceptsEveryValue() throws Exception {
    Tables.close();
    SparkConf conf = new SparkConf(false).setMaster("local[1]").setAppName("conf");
    conf.set("spark.ui.enabled", "false");
    load("spark-defaults.conf").forEach((key, value) -> conf.set((String) key, (String) value));
    try (SparkSession spark = SparkSession.builder().config(conf).getOrCreate()) {
      assertEquals("UTC", spark.sessionState().conf().sessionLocalTimeZone());
      assertEquals(
          SQLConf.PARQUET_OUTPUT_TIMESTAMP_TYPE().key(), "spark.sql.parquet.outputTimestampType");
      assertEquals(
          "TIMESTAMP_MICROS", spark.sessionState().conf().parquetOutputTimestampType().toString());
    }
  }

  @Test
  void everyClassThatASettingNamesIsThere() throws Exception {
    int classes = 0;
    for (Object value : load("spark-defaults.conf").values()) {
      for (String name : value.toString().split(",", -1)) {
        if (name.matches("(org|software)\\..*")) {
          Class.forName(name);
          classes++;
        }
      }
    }
    assertTrue(classes > 5, "names are looked at");
  }

  @Test
  void noCredentialStandsThere() throws Exception {
    for (String key : load("spark-defaults.conf").stringPropertyNames()) {
      assertFalse(key.matches(".*(access|secret)\\.key|.*token|.*password"), key);
    }
  }

  @Test
  void sparkHidesCredentialsInItsLogsAndPages() {
    Set<String> keys = Set.of("access.key", "secret.key", "session.token");
    SparkConf conf = new SparkConf(false);
    for (String key : keys) {
      String name = "spark.hadoop.fs.s3a." + key;
      assertTrue(
          conf.get(org.apache.spark.internal.config.package$.MODULE$.SECRET_REDACTION_PATTERN())
              .findFirstIn(name)
              .isDefined(),
          name);
    }
  }

  /** What Log4j says about its own configuration. */
  private static final class Complaints implements StatusListener {
    private final List<String> messages = new ArrayList<>();

    @Override
    public void log(StatusData data) {
      messages.add(data.getFormattedStatus());
    }

    @Override
    public Level getStatusLevel() {
      return Level.WARN;
    }

    @Override
    public void close() {}
  }

  /** Hadoop has no registry; its own defaults and S3A's constants name what it reads. */
  private static boolean isKnownToHadoop(String key) {
    Configuration defaults = new Configuration();
    defaults.addResource("mapred-default.xml");
    return defaults.get(key) != null
        || Stream.of(Constants.class, CommitConstants.class)
            .flatMap(constants -> Stream.of(constants.getFields()))
            .filter(field -> field.getType() == String.class)
            .anyMatch(field -> key.equals(valueOf(field)));
  }

  private static Object valueOf(Field constant) {
    try {
      return constant.get(null);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean isKnown(String key) {
    if (key.startsWith("spark.hadoop.")) {
      return isKnownToHadoop(key.substring("spark.hadoop.".length()));
    }
    // Their initialisers enter the settings that they define into Spark's registry.
    assertEquals(
        "spark.driver.memory",
        org.apache.spark.internal.config.package$.MODULE$.DRIVER_MEMORY().key());
    assertEquals(
        "spark.ui.showConsoleProgress",
        org.apache.spark.internal.config.UI$.MODULE$.UI_SHOW_CONSOLE_PROGRESS().key());
    assertEquals("spark.sql.session.timeZone", SQLConf.SESSION_LOCAL_TIMEZONE().key());
    return org.apache.spark.internal.config.ConfigEntry.findEntry(key) != null;
  }

  static Properties load(String file) throws Exception {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(CONF.resolve(file))) {
      properties.load(reader);
    }
    return properties;
  }
}
