package org.anomalyscore.it;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;

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
  private final ProcessBuilder builder;
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

  private JobProcess(List<String> command) {
    builder = new ProcessBuilder(command);
    // A developer's own settings must not change what the tests see.
    builder
        .environment()
        .keySet()
        .removeIf(key -> key.startsWith("SPARK_") || key.startsWith("AWS_"));
    env("SPARK_MASTER", "local[2]");
  }

  /** {@code bin/anomaly-score} with these arguments. */
  static JobProcess script(String... arguments) {
    return script(Checkout.SCRIPT, arguments);
  }

  /** A copy of the script that lies elsewhere, with these arguments. */
  static JobProcess script(Path script, String... arguments) {
    List<String> command = new ArrayList<>(List.of("bash", script.toString()));
    Collections.addAll(command, arguments);
    return new JobProcess(command);
  }

  /** The job jar under a plain SparkSubmit, with these arguments for the job. */
  static JobProcess sparkSubmit(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What Spark's launcher passes; this JVM was started with the same.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--add-opens"))
        .forEach(command::add);
    String conf = Checkout.ROOT.resolve("conf").toString();
    command.addAll(List.of("-Xmx1g", "-cp", conf + ":" + Checkout.SPARK_HOME.resolve("jars/*")));
    command.addAll(List.of("org.apache.spark.deploy.SparkSubmit", "--master", "local[2]"));
    command.addAll(List.of("--class", "org.anomalyscore.job.Main", Checkout.JOB_JAR.toString()));
    Collections.addAll(command, arguments);
    return new JobProcess(command)
        .env("SPARK_HOME", Checkout.SPARK_HOME.toString())
        .env("SPARK_LOCAL_IP", "127.0.0.1");
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

  /** The longest that {@link #run} waits; five minutes if not called. */
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
    Path out = Files.createTempFile("job", ".out");
    Path err = Files.createTempFile("job", ".err");
    try {
      long start = System.nanoTime();
      Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
      process.getOutputStream().close();
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      Result result =
          new Result(
              process.exitValue(),
              read(out),
              read(err),
              Duration.ofNanos(System.nanoTime() - start));
      if (!ended) {
        throw new IllegalStateException("Not done after " + timeout + ": " + result);
      }
      return result;
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
