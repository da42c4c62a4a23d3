package org.anomalyscore.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One start of the packaged job in a process of its own, as a user starts it:
 *
 * <pre>{@code
 * JobProcess.Result result = JobProcess.script("evaluate", "--scores", dir, "--json").run();
 * assertEquals(0, result.exitCode(), result::toString);
 * }</pre>
 *
 * <p>The master is {@code local[2]} unless the arguments or the environment name another.
 */
final class JobProcess {
  private static final String SUBMIT = "org.apache.spark.deploy.SparkSubmit";

  /** The JVM's first compiler alone. */
  static final String ONE_COMPILER = "-XX:TieredStopAtLevel=1";

  private static final String EXECUTORS_WITH_ONE =
      "spark.executor.defaultJavaOptions=" + ONE_COMPILER;

  /** What the script holds while it writes its cache of Spark's classes. */
  private static final Path CACHE_LOCK = Checkout.SPARK_HOME.resolve("class-cache.lock");

  private static Process lockOfTheCache;

  private final ProcessBuilder builder;
  private final boolean plainSubmit;
  private Duration timeout = Duration.ofMinutes(5);

  /**
   * What a finished process left behind.
   *
   * @param exitCode its exit code
   * @param out its whole standard output, UTF-8
   * @param err its whole standard error, UTF-8
   * @param duration from start to end
   */
  record Result(int exitCode, String out, String err, Duration duration) {
    @Override
    public String toString() {
      return "exit code %d after %d ms%n--- standard output%n%s%n--- standard error%n%s"
          .formatted(exitCode, duration.toMillis(), out, err);
    }
  }

  private JobProcess(List<String> command, boolean plainSubmit) {
    builder = new ProcessBuilder(command);
    this.plainSubmit = plainSubmit;
    // A developer's own settings must not change what the tests see.
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.startsWith("SPARK_") || key.startsWith("AWS_"));
    env("SPARK_MASTER", "local[2]");
    // Runs of seconds end before the second compiler's work pays: half the CPU time without it.
    env("SPARK_SUBMIT_OPTS", ONE_COMPILER + " -D" + EXECUTORS_WITH_ONE);
  }

  /** {@code bin/anomaly-score} with these arguments. */
  static JobProcess script(String... arguments) {
    makeNoClassCache();
    return script(Checkout.SCRIPT, arguments);
  }

  /**
   * Lets the script go on without a cache of Spark's classes where there is none: the few commands
   * of a usual build save less than it takes. {@code -Pnightly} makes it before all tests.
   */
  private static synchronized void makeNoClassCache() {
    if (lockOfTheCache == null) {
      // It is held when a line comes, until this JVM ends, and with it what cat reads. Without
      // flock no line comes, and the script writes its cache.
      String hold = "command -v flock >/dev/null && exec flock -n \"$0\" sh -c 'echo; cat'";
      try {
        lockOfTheCache = new ProcessBuilder("bash", "-c", hold, CACHE_LOCK.toString()).start();
        lockOfTheCache.inputReader(StandardCharsets.UTF_8).readLine();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A copy of the script that lies elsewhere, with these arguments. */
  static JobProcess script(Path script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    Collections.addAll(command, arguments);
    return new JobProcess(command, false);
  }

  /** Any command, in the environment of the others. */
  static JobProcess of(List<String> command) {
    return new JobProcess(command, false);
  }

  /** The job jar under a plain SparkSubmit, with these arguments for the job. */
  static JobProcess sparkSubmit(String... arguments) {
    return submit(
        javaOnSparksJars(),
        List.of("org.anomalyscore.job.Main", Checkout.JOB_JAR.toString()),
        arguments);
  }

  /** The job under a plain SparkSubmit, to which {@link #packages} brings it. */
  static JobProcess sparkSubmitWithoutJar(String... arguments) {
    return submit(
        javaOnSparksJars(), List.of("org.anomalyscore.job.Main", "spark-internal"), arguments);
  }

  /** {@link SqlSession} under a plain SparkSubmit: Spark, and of ours what the options bring. */
  static JobProcess sqlSession(String... arguments) {
    // As Spark's own spark-sql is started: its class is on the class path already.
    return submit(
        javaOnSparksJarsAndTests(),
        List.of(SqlSession.class.getName(), "spark-internal"),
        arguments);
  }

  /** {@link CommandServer} under a plain SparkSubmit, with the job jar. */
  static JobProcess commandServer(Path logging) {
    List<String> java = javaOnSparksJarsAndTests();
    java.add(1, "-Dlog4j2.configurationFile=" + logging);
    return submit(java, List.of(CommandServer.class.getName(), Checkout.JOB_JAR.toString()));
  }

  private static List<String> javaOnSparksJarsAndTests() {
    List<String> java = javaOnSparksJars();
    int classPath = java.size() - 1;
    java.set(classPath, java.get(classPath) + ":" + SqlSession.classPath());
    return java;
  }

  private static JobProcess submit(
      List<String> java, List<String> classAndJar, String... arguments) {
    List<String> command = new ArrayList<>(java);
    command.addAll(
        List.of(SUBMIT, "--master", "local[2]", "--conf", EXECUTORS_WITH_ONE, "--class"));
    command.addAll(classAndJar);
    Collections.addAll(command, arguments);
    return new JobProcess(command, true)
        .env("SPARK_HOME", Checkout.SPARK_HOME.toString())
        .env("SPARK_LOCAL_IP", "127.0.0.1");
  }

  /** A Java command that lacks the main class: the flags of Spark's launcher, and Spark's jars. */
  static List<String> javaOnSparksJars() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What Spark's launcher passes; this JVM was started with the same.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens"))
        .forEach(command::add);
    command.addAll(List.of("-Xmx1g", ONE_COMPILER, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
    // Many commands, or one that writes to Delta, fill the 48 MB of code that the JVM keeps with
    // the first compiler alone; it then says so on standard output.
    command.add("-XX:ReservedCodeCacheSize=240m");
    // What the script keeps fits a class path that begins as the launcher's does.
    keptClasses().ifPresent(classes -> command.add("-XX:SharedArchiveFile=" + classes));
    List<String> classPath = new ArrayList<>(List.of("hive-jackson/*"));
    Checkout.sparkJars().stream()
        .map(Path::toString)
        .filter(jar -> jar.contains("/slf4j-api-"))
        .forEach(classPath::add);
    classPath.add(Checkout.SPARK_HOME.resolve("jars/*").toString());
    classPath.add(Checkout.ROOT.resolve("conf").toString());
    command.addAll(List.of("-cp", String.join(":", classPath)));
    return command;
  }

  private static Optional<Path> keptClasses() {
    try (Stream<Path> files = Files.list(Checkout.SPARK_HOME)) {
      return files.filter(file -> file.toString().endsWith(".jsa")).findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives {@link #sparkSubmit} another master. */
  JobProcess master(String url) {
    return option("--master", url);
  }

  /** Gives {@link #sparkSubmit} a setting of Spark; the last one of a key counts. */
  JobProcess conf(String key, String value) {
    return option("--conf", key + "=" + value);
  }

  /** Gives a plain SparkSubmit a file of settings, over which those of {@link #conf} stand. */
  JobProcess settings(Path file) {
    return option("--properties-file", file.toString());
  }

  /**
   * Gives a plain SparkSubmit another Spark, which the cache of the own one's classes does not fit.
   */
  JobProcess onSpark(Path home) {
    List<String> command = builder.command();
    command.removeIf(option -> option.startsWith("-XX:SharedArchiveFile="));
    command.replaceAll(word -> word.replace(Checkout.SPARK_HOME.toString(), home.toString()));
    return env("SPARK_HOME", home.toString());
  }

  /** Adds to the class path of a plain SparkSubmit, behind Spark's own jars. */
  JobProcess alsoOnClassPath(String entry) {
    List<String> command = builder.command();
    int classPath = command.indexOf("-cp") + 1;
    command.set(classPath, command.get(classPath) + ":" + entry);
    return this;
  }

  /** Gives {@link #sqlSession} a jar. */
  JobProcess jar(Path jar) {
    return option("--jars", jar.toString());
  }

  /** Gives a plain SparkSubmit an artifact of this Maven repository, and asks no other. */
  JobProcess packages(String coordinates, Path repository, Path ivy) throws IOException {
    Path none =
        Files.writeString(
            Files.createDirectories(ivy).resolve("ivysettings.xml"),
            """
            <ivysettings>
              <settings defaultResolver="none"/>
              <resolvers><chain name="none"/></resolvers>
            </ivysettings>
            """);
    return option("--packages", coordinates)
        .option("--repositories", repository.toUri().toString())
        .conf("spark.jars.ivySettings", none.toString())
        .conf("spark.jars.ivy", ivy.toString());
  }

  private JobProcess option(String name, String value) {
    if (!plainSubmit) {
      throw new IllegalStateException(
          "bin/anomaly-score takes no " + name + " of spark-submit; use sparkSubmit.");
    }
    List<String> command = builder.command();
    command.addAll(command.indexOf("--class"), List.of(name, value));
    return this;
  }

  /** Leaves the JVM as users have it, for measurements. */
  JobProcess withBothCompilers() {
    return withoutEnv("SPARK_SUBMIT_OPTS");
  }

  /** Sets a variable of the process's environment. */
  JobProcess env(String name, String value) {
    builder.environment().put(name, value);
    return this;
  }

  /** Removes a variable from the process's environment. */
  JobProcess withoutEnv(String name) {
    builder.environment().remove(name);
    return this;
  }

  /** The longest that {@link #run} and {@link Running#result} wait; five minutes if not called. */
  JobProcess timeout(Duration longest) {
    timeout = longest;
    return this;
  }

  /**
   * Starts the process and waits for its end.
   *
   * @throws IllegalStateException if it runs longer than the timeout; it is killed, and the message
   *     holds what it wrote
   */
  Result run() throws IOException, InterruptedException {
    try (Running running = start()) {
      return running.result();
    }
  }

  /** Starts the process and returns at once. */
  Running start() throws IOException {
    return new Running(builder, timeout);
  }

  /** Starts the process, which is talked to: its input and output are pipes. */
  Process startTalking(Path err) throws IOException {
    return builder.redirectError(err.toFile()).start();
  }

  /** A process in flight; {@link #close} kills what still runs of it. */
  static final class Running implements AutoCloseable {
    private final long begin = System.nanoTime();
    private final Duration timeout;
    private final Path out = Files.createTempFile("job", ".out");
    private final Path err = Files.createTempFile("job", ".err");
    private final Process process;

    private Running(ProcessBuilder builder, Duration timeout) throws IOException {
      this.timeout = timeout;
      process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
    }

    boolean isAlive() {
      return process.isAlive();
    }

    /** The most memory that it had so far, resident bytes; 0 where it has ended. Linux only. */
    long peakBytes() throws IOException {
      Path status = Path.of("/proc", Long.toString(process.pid()), "status");
      try (Stream<String> lines = Files.lines(status)) {
        return lines
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
            .findFirst()
            .orElse(0);
      } catch (NoSuchFileException | UncheckedIOException e) {
        return 0;
      }
    }

    /** Ends the driver as {@code kill -9} does, and waits until it is gone. */
    void kill() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }

    /** What it has written to standard error so far. */
    String err() throws IOException {
      return read(err);
    }

    /** Waits for the end; see {@link JobProcess#run}. A killed process has exit code 137. */
    Result result() throws IOException, InterruptedException {
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        kill();
      }
      Result result =
          new Result(
              process.exitValue(),
              read(out),
              read(err),
              Duration.ofNanos(System.nanoTime() - begin));
      if (!ended) {
        throw new IllegalStateException("Not done after " + timeout + ": " + result);
      }
      return result;
    }

    @Override
    public void close() throws IOException {
      kill();
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
