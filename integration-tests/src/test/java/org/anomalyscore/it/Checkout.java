package org.anomalyscore.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where the things under test lie: the checkout that holds this module, after {@code mvnw package}.
 */
final class Checkout {
  /** The repository's root folder. */
  static final Path ROOT = find(Path.of("").toAbsolutePath());

  /** The script that users run. */
  static final Path SCRIPT = ROOT.resolve("bin/anomaly-score");

  /** The one jar that is given to spark-submit. */
  static final Path JOB_JAR = ROOT.resolve("spark-job/target/anomaly-score.jar");

  /** The one jar that is given to SQL sessions. */
  static final Path SQL_JAR = ROOT.resolve("udf/target/anomaly-score-udf.jar");

  /** Spark's own jars, laid out as in an installation. */
  static final Path SPARK_HOME = ROOT.resolve("spark-home/target");

  private static boolean scratchIsEmpty;

  private Checkout() {}

  /**
   * An empty folder for what several test classes use. It is kept for whoever looks into a failure,
   * until the next JVM of tests asks for its first.
   */
  static synchronized Path scratch(String name) throws IOException {
    Path all = ROOT.resolve("integration-tests/target/scratch");
    if (!scratchIsEmpty) {
      delete(all);
      scratchIsEmpty = true;
    }
    return Files.createDirectories(all.resolve(name));
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** The jars of {@link #SPARK_HOME}. */
  static List<Path> sparkJars() {
    return sparkJars(SPARK_HOME);
  }

  /** The jars of a Spark that lies in this folder. */
  static List<Path> sparkJars(Path home) {
    try (Stream<Path> jars = Files.list(home.resolve("jars"))) {
      return jars.filter(jar -> jar.toString().endsWith(".jar")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path find(Path start) {
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("bin/anomaly-score"))) {
        return folder;
      }
    }
    throw new IllegalStateException("No bin/anomaly-score in " + start + " or above it.");
  }
}
