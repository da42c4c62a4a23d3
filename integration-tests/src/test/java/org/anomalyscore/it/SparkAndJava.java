package org.anomalyscore.it;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A checkout as the project's own, with the same packaged jars, but with the jars of any Spark and
 * for any Java.
 *
 * @param spark the version of Spark
 * @param java the version of Java, as 25
 * @param jdk the JDK's folder
 * @param home the checkout's folder
 */
record SparkAndJava(String spark, int java, Path jdk, Path home) {
  private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"([^\"]+)\"");

  /** Lays out the checkout; {@code jars} holds those of Spark. */
  static SparkAndJava layOut(String spark, Path jars, int java, Path jdk) throws IOException {
    Path home = Checkout.scratch("spark-%s-java-%d".formatted(spark, java));
    Path script = Files.createDirectories(home.resolve("bin")).resolve("anomaly-score");
    Files.copy(Checkout.SCRIPT, script, StandardCopyOption.COPY_ATTRIBUTES);
    Files.createSymbolicLink(home.resolve("conf"), Checkout.ROOT.resolve("conf"));
    for (Path jar : List.of(Checkout.JOB_JAR, Checkout.SQL_JAR)) {
      Path link = home.resolve(Checkout.ROOT.relativize(jar));
      Files.createDirectories(link.getParent());
      Files.createSymbolicLink(link, jar);
    }
    Files.createDirectories(home.resolve("spark-home/target"));
    Files.createSymbolicLink(home.resolve("spark-home/target/jars"), jars);
    // An empty cache of classes: none is made, which takes longer than what is tested.
    Files.createFile(home.resolve("spark-home/target/classes-" + version(jdk) + ".jsa"));
    return new SparkAndJava(spark, java, jdk, home);
  }

  /**
   * The folders of the JDKs on this machine by their versions, as 17. Those that are not installed
   * where Linux has them are named by {@code -Danomalyscore.jdks=FOLDER:FOLDER}.
   */
  static Map<Integer, Path> jdks() {
    Map<Integer, Path> found = new TreeMap<>();
    Path all = Path.of("/usr/lib/jvm");
    try (Stream<Path> installed = Files.isDirectory(all) ? Files.list(all) : Stream.empty()) {
      List<Path> folders = new ArrayList<>(installed.toList());
      folders.add(Path.of(System.getProperty("java.home")));
      String more = System.getProperty("anomalyscore.jdks", "");
      for (String folder : List.of(more.split(File.pathSeparator))) {
        folders.add(Path.of(folder));
      }
      for (Path folder : folders) {
        if (Files.isRegularFile(folder.resolve("release"))
            && Files.isExecutable(folder.resolve("bin/javac"))) {
          found.put(Integer.parseInt(version(folder).replaceFirst("[.].*", "")), folder);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private static String version(Path jdk) throws IOException {
    Matcher version = VERSION.matcher(Files.readString(jdk.resolve("release")));
    if (!version.find()) {
      throw new IllegalStateException(jdk + " does not name its version.");
    }
    return version.group(1);
  }

  /** Its {@code bin/anomaly-score}. */
  JobProcess script(String... arguments) {
    return JobProcess.script(home.resolve("bin/anomaly-score"), arguments)
        .env("JAVA_HOME", jdk.toString())
        .withBothCompilers();
  }

  /** {@link SqlSession} with the functions' jar, by Spark's own launcher and SparkSubmit. */
  JobProcess sqlSession(String... arguments) throws IOException, InterruptedException {
    List<String> submit =
        new ArrayList<>(
            List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", "--conf"));
    submit.add("spark.sql.extensions=org.anomalyscore.functions.AnomalyScoreExtensions");
    submit.addAll(List.of("--conf", "spark.sql.shuffle.partitions=2"));
    submit.addAll(List.of("--driver-class-path", SqlSession.classPath().toString()));
    submit.addAll(List.of("--jars", Checkout.SQL_JAR.toString()));
    submit.addAll(List.of("--class", SqlSession.class.getName(), "spark-internal"));
    Collections.addAll(submit, arguments);
    return JobProcess.of(launched(submit))
        .env("SPARK_HOME", home.resolve("spark-home/target").toString())
        .env("SPARK_LOCAL_IP", "127.0.0.1");
  }

  /** The Java command that Spark's launcher makes of spark-submit's, as bin/spark-class asks it. */
  private List<String> launched(List<String> submit) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                jdk.resolve("bin/java").toString(),
                "-cp",
                home.resolve("spark-home/target/jars") + "/*",
                "org.apache.spark.launcher.Main"));
    command.addAll(submit);
    ProcessBuilder launcher = new ProcessBuilder(command);
    launcher.environment().keySet().removeIf(key -> key.startsWith("SPARK_"));
    launcher.environment().put("JAVA_HOME", jdk.toString());
    launcher.environment().put("SPARK_HOME", home.resolve("spark-home/target").toString());
    launcher.environment().put("SPARK_SCALA_VERSION", "2.13");
    // Without settings of ours, as in a session of others.
    launcher.environment().put("SPARK_CONF_DIR", home.resolve("bin").toString());
    Process process = launcher.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String words =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .replaceFirst("^\0\n", "");
    if (process.waitFor() != 0) {
      throw new IllegalStateException("Spark's launcher failed: " + submit);
    }
    return List.of(words.split("\0"));
  }

  @Override
  public String toString() {
    return "Spark " + spark + ", Java " + java;
  }
}
