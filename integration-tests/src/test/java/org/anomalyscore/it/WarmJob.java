package org.anomalyscore.it;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The packaged job in a JVM that runs command after command, so that Spark's classes are loaded and
 * compiled once and not for each:
 *
 * <pre>{@code
 * JobProcess.Result result = WarmJob.run("evaluate", "--scores", dir, "--json");
 * assertEquals(0, result.exitCode(), result::toString);
 * }</pre>
 *
 * <p>The master is {@code local[2]}, and the settings are those of conf/. Commands of three tests
 * run in three such JVMs. What is about the start of a process (the script, its environment,
 * signals) takes a {@link JobProcess}.
 */
final class WarmJob {

  private static final Duration TIMEOUT = Duration.ofMinutes(10);
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Those that wait for a command. */
  private static final Queue<WarmJob> IDLE = new ConcurrentLinkedQueue<>();

  private static final AtomicInteger STARTED = new AtomicInteger();

  private final Process server;
  private final Path err;
  private final Writer commands;
  private final BufferedReader results;

  private WarmJob() throws IOException {
    Path folder = Checkout.scratch("warm-job-" + STARTED.incrementAndGet());
    err = folder.resolve("standard-error.log");
    Path conf = Files.createDirectories(folder.resolve("conf"));
    for (String file : List.of("spark-defaults.conf", "log4j2.properties")) {
      Files.writeString(
          conf.resolve(file), Files.readString(Checkout.ROOT.resolve("conf").resolve(file)));
    }
    Path logging = conf.resolve("log4j2.properties");
    // Else the log would stay with the standard error of the JVM's start.
    Files.writeString(logging, Files.readString(logging) + "\nappender.console.follow = true\n");
    server =
        JobProcess.commandServer(logging)
            .env("SPARK_CONF_DIR", conf.toString())
            .env("OMP_WAIT_POLICY", "PASSIVE")
            // Neither a developer's own credentials nor those of the machine.
            .env("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString())
            .env("AWS_CONFIG_FILE", folder.resolve("none").toString())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .conf("spark.ui.enabled", "false")
            // A JVM keeps the one of its first session, so that a test's own folder would be gone.
            .conf("spark.local.dir", Files.createDirectories(folder.resolve("local")).toString())
            .startTalking(err);
    Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
    commands = server.outputWriter(StandardCharsets.UTF_8);
    results = server.inputReader(StandardCharsets.UTF_8);
  }

  /** Runs a command under the settings of conf/. */
  static JobProcess.Result run(String... arguments) throws IOException {
    return run(Map.of(), arguments);
  }

  /**
   * Runs a command.
   *
   * @param settings of Spark for this command alone; a null takes one of conf/ away
   * @throws IllegalStateException if it runs longer than ten minutes or ends the JVM
   */
  static JobProcess.Result run(Map<String, String> settings, String... arguments)
      throws IOException {
    WarmJob idle = IDLE.poll();
    WarmJob job = idle == null ? new WarmJob() : idle;
    JobProcess.Result result = job.serve(new CommandServer.Command(List.of(arguments), settings));
    // Not one that ended.
    IDLE.add(job);
    return result;
  }

  private JobProcess.Result serve(CommandServer.Command command) throws IOException {
    long begin = System.nanoTime();
    commands.write(JSON.writeValueAsString(command) + "\n");
    commands.flush();
    Thread guard = new Thread(this::endWhenItTakesTooLong, "guard of the warm job");
    guard.setDaemon(true);
    guard.start();
    try {
      for (String line = results.readLine(); line != null; line = results.readLine()) {
        if (line.startsWith(CommandServer.RESULT)) {
          CommandServer.Outcome outcome =
              JSON.readValue(
                  line.substring(CommandServer.RESULT.length()), CommandServer.Outcome.class);
          return new JobProcess.Result(
              outcome.exitCode(),
              outcome.out(),
              outcome.err(),
              Duration.ofNanos(System.nanoTime() - begin));
        }
      }
    } finally {
      guard.interrupt();
    }
    throw new IllegalStateException(
        "No result of " + command + " after " + TIMEOUT + " or less: " + Files.readString(err));
  }

  private void endWhenItTakesTooLong() {
    try {
      TimeUnit.MILLISECONDS.sleep(TIMEOUT.toMillis());
      server.destroyForcibly();
    } catch (InterruptedException e) {
      // The result is there.
    }
  }
}
