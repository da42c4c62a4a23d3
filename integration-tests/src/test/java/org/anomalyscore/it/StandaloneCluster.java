package org.anomalyscore.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Spark's standalone cluster on loopback: a master and two workers in processes of their own, from
 * the jars that bin/anomaly-score uses.
 *
 * <pre>{@code
 * StandaloneCluster cluster = StandaloneCluster.once();
 * try (JobProcess.Running job = cluster.submit("score", "--images", ...).start()) {
 *   cluster.awaitExecutors(2);
 *   cluster.killExecutor(0);
 *   assertEquals(0, job.result().exitCode());
 * }
 * }</pre>
 *
 * <p>The workers have addresses of their own, 127.0.0.1 and 127.0.0.2: Spark never speculates where
 * all executors are on one host.
 */
final class StandaloneCluster implements AutoCloseable {
  /** A driver alone takes a minute to start where other work uses the cores. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Of JUnit's {@code ResourceLock}; logs and kills are of one application at a time. */
  static final String LOCK = "the standalone cluster";

  private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");

  /** A worker that is answered late registers again; the group tells one from the other. */
  private static final Pattern REGISTERED = Pattern.compile("Registering worker (\\S+) with ");

  private static StandaloneCluster once;

  private final Path folder;
  private final int cores;
  private final Process master;
  private final String url;
  private final List<Process> workers = new ArrayList<>();
  private boolean closed;
  private Set<Path> earlierLogs = Set.of();

  private StandaloneCluster(Path folder, int cores) throws IOException {
    this.folder = folder;
    this.cores = cores;
    master =
        daemon(
            "master",
            "127.0.0.1",
            "org.apache.spark.deploy.master.Master",
            List.of("--host", "127.0.0.1", "--port", "0", "--webui-port", "0"));
    Matcher started = MASTER.matcher("");
    await("The master has not started", () -> started.reset(log("master")).find());
    url = started.group(1);
  }

  /**
   * The cluster of this JVM, with which it ends: two workers of two cores and two made-up GPUs
   * each, whose addresses are 0, 1 and 2, 3. Classes that use it take turns by {@link #LOCK}.
   */
  static synchronized StandaloneCluster once() throws IOException {
    if (once == null) {
      once = start(Checkout.scratch("cluster"), 2, 2);
      Runtime.getRuntime().addShutdownHook(new Thread(once::close));
    }
    return once;
  }

  /**
   * Starts a cluster; returns when both workers are registered.
   *
   * @param folder an empty folder, for logs and work files
   * @param cores of each worker
   * @param gpus addresses of the made-up resource {@code gpu} of each worker; they are numbered
   *     through both workers, 0 to 2 · gpus − 1. Zero for no such resource.
   */
  static StandaloneCluster start(Path folder, int cores, int gpus) throws IOException {
    Files.createDirectories(folder);
    StandaloneCluster cluster = new StandaloneCluster(folder, cores);
    try {
      cluster.startWorker(0, cores, gpus);
      cluster.startWorker(1, cores, gpus);
      cluster.await(
          "The workers have not registered",
          () ->
              REGISTERED
                      .matcher(cluster.log("master"))
                      .results()
                      .map(line -> line.group(1))
                      .distinct()
                      .count()
                  == 2);
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  /** What {@code --master} takes. */
  String url() {
    return url;
  }

  /**
   * A spark-submit of the job jar to this cluster, in client mode, with the settings under conf/.
   */
  JobProcess submit(String... arguments) {
    earlierLogs =
        Set.copyOf(
            List.of(executorLogs(0), executorLogs(1)).stream().flatMap(List::stream).toList());
    return JobProcess.sparkSubmit(arguments)
        .master(url)
        .env("SPARK_CONF_DIR", Checkout.ROOT.resolve("conf").toString())
        .conf("spark.driver.host", "127.0.0.1")
        .conf("spark.driver.bindAddress", "127.0.0.1")
        .conf("spark.executor.memory", "1g")
        // No task before both executors are there, or one would do all the work on a busy machine.
        .conf("spark.cores.max", Integer.toString(2 * cores))
        .conf("spark.scheduler.minRegisteredResourcesRatio", "1.0")
        .conf("spark.scheduler.maxRegisteredResourcesWaitingTime", PATIENCE.toSeconds() + "s")
        // Small data; two hundred tasks a shuffle would be most of the time.
        .conf("spark.sql.shuffle.partitions", "4")
        .conf("spark.ui.enabled", "false");
  }

  /** The JVMs that run tasks now, of all applications. */
  List<ProcessHandle> executors() {
    return workers.stream()
        .flatMap(Process::children)
        .filter(child -> child.info().command().orElse("").endsWith("/java"))
        .toList();
  }

  /** Waits until at least so many executors run. */
  void awaitExecutors(int count) {
    await("Fewer than " + count + " executors", () -> executors().size() >= count);
  }

  /** Waits until no executor runs, as it is shortly after an application has ended or died. */
  void awaitNoExecutors() {
    await("Executors are left", () -> executors().isEmpty());
  }

  /**
   * Ends one executor as {@code kill -9} does. Its worker starts another in its place.
   *
   * @return false if so many executors do not run
   */
  boolean killExecutor(int index) {
    List<ProcessHandle> running = executors();
    return index < running.size() && running.get(index).destroyForcibly();
  }

  /** Stops one executor where it is, as a machine does that swaps; it is alive but does nothing. */
  void stallExecutor(int index) throws IOException, InterruptedException {
    signal("STOP", executors().get(index));
  }

  /** Lets stalled executors go on. */
  void releaseExecutors() throws IOException, InterruptedException {
    for (ProcessHandle executor : executors()) {
      signal("CONT", executor);
    }
  }

  /** What a worker's executors have written to standard error since the last {@link #submit}. */
  String executorLog(int worker) {
    StringBuilder text = new StringBuilder();
    for (Path log : executorLogs(worker)) {
      if (!earlierLogs.contains(log)) {
        try {
          text.append(Files.readString(log, StandardCharsets.UTF_8));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return text.toString();
  }

  private List<Path> executorLogs(int worker) {
    try (Stream<Path> files =
        Files.find(folder.resolve(name(worker)), 3, (file, type) -> file.endsWith("stderr"))) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until a worker's executors have written so much. */
  void awaitExecutorLog(int worker, Predicate<String> enough) {
    await("Worker " + worker + " lacks a line", () -> enough.test(executorLog(worker)));
  }

  /** Waits until the executors of both workers have together written so much. */
  void awaitExecutorLogs(Predicate<String> enough) {
    await("The workers lack a line", () -> enough.test(executorLog(0) + executorLog(1)));
  }

  /** Kills everything that this cluster has started. */
  @Override
  public void close() {
    closed = true;
    List<ProcessHandle> all =
        daemons()
            .flatMap(daemon -> Stream.concat(Stream.of(daemon.toHandle()), daemon.descendants()))
            .toList();
    // Workers stand before their executors, which they would start again.
    all.forEach(ProcessHandle::destroyForcibly);
    await("Processes are left", () -> all.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static void signal(String name, ProcessHandle process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
  }

  private void startWorker(int index, int cores, int gpus) throws IOException {
    String name = name(index);
    String host = "127.0.0." + (index + 1);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("--host", host, "--port", "0", "--webui-port", "0"));
    arguments.addAll(List.of("--cores", "" + cores, "--memory", "4g"));
    arguments.addAll(List.of("--work-dir", folder.resolve(name).toString()));
    if (gpus > 0) {
      arguments.addAll(List.of("--properties-file", resources(name, index, gpus).toString()));
    }
    arguments.add(url);
    workers.add(daemon(name, host, "org.apache.spark.deploy.worker.Worker", arguments));
  }

  /** Told, not discovered: there is no script that a busy machine could fail to start. */
  private Path resources(String name, int index, int gpus) throws IOException {
    String addresses =
        IntStream.range(index * gpus, (index + 1) * gpus)
            .mapToObj(address -> "\"" + address + "\"")
            .collect(Collectors.joining(", "));
    Path resources =
        Files.writeString(
            folder.resolve(name + "-gpus.json"),
            """
            [{"id": {"componentName": "spark.worker", "resourceName": "gpu"}, "addresses": [%s]}]
            """
                .formatted(addresses));
    return Files.writeString(
        folder.resolve(name + ".conf"),
        "spark.worker.resource.gpu.amount=%d\nspark.worker.resourcesFile=%s\n"
            .formatted(gpus, resources));
  }

  private Process daemon(String name, String host, String mainClass, List<String> arguments)
      throws IOException {
    List<String> command = JobProcess.javaOnSparksJars();
    command.add(1, "-XX:+UseSerialGC");
    // The configuration of the job's own logging hides the lines that tell the ports.
    int classPath = command.indexOf("-cp") + 1;
    command.set(classPath, command.get(classPath).replaceFirst(":[^:]*$", ""));
    command.set(command.indexOf("-Xmx1g"), "-Xmx256m");
    command.add(mainClass);
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(key -> key.startsWith("SPARK_"));
    builder.environment().put("SPARK_HOME", Checkout.SPARK_HOME.toString());
    // Without it Spark's launcher looks for the build folders of Spark's own source tree.
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", host);
    // Executors of killed applications leave their files behind.
    builder.environment().put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
    builder.environment().put("SPARK_CONF_DIR", executorConf().toString());
    return builder
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve(name + ".log").toFile())
        .start();
  }

  /** The executors tell in their logs what each task does. */
  private Path executorConf() throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    String logging = Files.readString(Checkout.ROOT.resolve("conf/log4j2.properties"));
    Files.writeString(
        conf.resolve("log4j2.properties"),
        logging
            + "logger.anomalyscore.level = debug\n"
            + "logger.tasks.name = org.apache.spark.executor.Executor\n"
            + "logger.tasks.level = info\n",
        StandardCharsets.UTF_8);
    return conf;
  }

  private String log(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private void await(String complaint, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (!closed && !daemons().allMatch(Process::isAlive)) {
        throw new IllegalStateException(complaint + ", since a daemon died: " + logs());
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(complaint + " after " + PATIENCE + ": " + logs());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(complaint, e);
      }
    }
  }

  private Stream<Process> daemons() {
    return Stream.concat(workers.stream(), Stream.of(master));
  }

  /** The last lines of each daemon, for whoever reads a failure where the files are gone. */
  private String logs() {
    return Stream.of("master", name(0), name(1))
        .map(
            name -> {
              List<String> lines = log(name).lines().toList();
              return name
                  + ":\n"
                  + String.join("\n", lines.subList(Math.max(0, lines.size() - 10), lines.size()));
            })
        .collect(Collectors.joining("\n"));
  }

  private static String name(int worker) {
    return "worker-" + worker;
  }
}
