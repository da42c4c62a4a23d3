package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The packaged job on a standalone cluster whose executors stall and die. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(StandaloneCluster.LOCK)
@Order(1)
final class ClusterIT {
  private static final Pattern COPY = Pattern.compile("Running task \\d+\\.1 in stage");
  private static final Pattern BATCH = Pattern.compile("Task \\d+ has measured");

  @TempDir static Path folder;

  private StandaloneCluster cluster;
  private Undisturbed undisturbed;

  @BeforeAll
  void start() throws Exception {
    undisturbed = Undisturbed.once();
    cluster = StandaloneCluster.once();
  }

  @Test
  void aTaskThatDiesAfterHalfItsRowsLeavesNone() throws Exception {
    try (JobProcess.Running job = cluster.submit(score("killed")).start()) {
      // Three batches a task, two tasks an executor.
      cluster.awaitExecutorLog(0, log -> BATCH.matcher(log).results().count() >= 3);
      assertTrue(cluster.killExecutor(0));
      JobProcess.Result result = job.result();
      assertEquals(0, result.exitCode(), result::toString);
      assertTrue(result.err().contains("Lost executor"), result::toString);
    }
    undisturbed.assertWhole(folder.resolve("killed"));
  }

  @Test
  @Tag("nightly")
  void aStalledTaskIsOvertakenByItsCopy() throws Exception {
    Path events = Files.createDirectories(folder.resolve("events"));
    try (JobProcess.Running job =
        cluster
            .submit(score("stalled"))
            .conf("spark.speculation", "true")
            .conf("spark.speculation.interval", "100ms")
            .conf("spark.speculation.quantile", "0.25")
            .conf("spark.speculation.multiplier", "1.1")
            .conf("spark.eventLog.enabled", "true")
            .conf("spark.eventLog.compress", "false")
            .conf("spark.eventLog.rolling.enabled", "false")
            .conf("spark.eventLog.dir", events.toUri().toString())
            .start()) {
      cluster.awaitExecutorLog(0, log -> BATCH.matcher(log).find());
      cluster.stallExecutor(0);
      // When the original goes on, both may reach their end. Not later: the copy needs the list of
      // paths, which the stalled executor may hold.
      cluster.awaitExecutorLog(1, log -> COPY.matcher(log).find());
      cluster.releaseExecutors();
      JobProcess.Result result = job.result();
      assertEquals(0, result.exitCode(), result::toString);
    } finally {
      cluster.releaseExecutors();
    }
    undisturbed.assertWhole(folder.resolve("stalled"));
    try (Stream<Path> files = Files.list(events)) {
      String log = Files.readString(files.findFirst().orElseThrow());
      assertTrue(log.contains("\"Speculative\":true"), "nothing was speculated");
    }
  }

  @Test
  @Tag("nightly")
  void eachTaskGetsAGpuOfItsOwnAndPrometheusSeesTheRun() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics/prometheus/"))
            .build();
    HttpClient client = HttpClient.newHttpClient();
    Pattern scored =
        Pattern.compile("metrics_anomaly_score_driver_anomalyScore_images_scored_Value\\S* [1-9]");
    String seen = "";
    try (JobProcess.Running job =
        cluster
            // Three tasks for each of the four GPUs, so that none of them can be left over.
            .submit(
                undisturbed.score(
                    folder.resolve("gpus").toString(),
                    "--partitions",
                    "12",
                    "--slice",
                    "24",
                    "--device",
                    "cpu"))
            .conf("spark.executor.resource.gpu.amount", "2")
            .conf("spark.task.resource.gpu.amount", "1")
            // Both executors are there before the first task, else one could do nearly all of them.
            .conf("spark.scheduler.minRegisteredResourcesRatio", "1")
            .conf("spark.scheduler.maxRegisteredResourcesWaitingTime", "120s")
            .conf("spark.ui.enabled", "true")
            .conf("spark.ui.port", "" + port)
            .start()) {
      while (job.isAlive() && !scored.matcher(seen).find()) {
        try {
          seen = client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (ConnectException e) {
          // The UI is not there yet.
        }
        TimeUnit.MILLISECONDS.sleep(50);
      }
      JobProcess.Result result = job.result();
      assertEquals(0, result.exitCode(), result::toString);
    }
    String last = seen;
    assertTrue(scored.matcher(last).find(), last);
    for (String name :
        List.of("images_rejected", "images_per_second", "read_seconds", "decode_seconds")) {
      assertTrue(last.contains("_anomalyScore_" + name + "_Value"), last);
    }
    for (String stage : List.of("model", "noise", "network", "wait")) {
      assertTrue(last.contains("_anomalyScore_" + stage + "_seconds_Value"), last);
    }
    undisturbed.assertWhole(folder.resolve("gpus"));
    assertEquals(Set.of("0", "1"), grantedGpus(0));
    assertEquals(Set.of("2", "3"), grantedGpus(1));
    assertEquals(
        List.of("[cpu]"),
        Tables.sql("SELECT device FROM {0}", folder.resolve("gpus").resolve("runs")));
  }

  /** Each line names one address. */
  private Set<String> grantedGpus(int worker) {
    return Pattern.compile(
            "computes on cpu\\(?\\)?; Spark granted \\[\\[name: gpu, addresses: (\\d+)]]")
        .matcher(cluster.executorLog(worker))
        .results()
        .map(line -> line.group(1))
        .collect(Collectors.toSet());
  }

  /** In one process: DevicesTest. */
  @Test
  @Tag("nightly")
  void aGpuThatCannotBeUsedIsOneMessage() throws Exception {
    assertFault(
        cluster
            .submit(score("unusable"))
            .conf("spark.executor.resource.gpu.amount", "1")
            .conf("spark.task.resource.gpu.amount", "0.5"),
        "a build for the CPU",
        "spark.executorEnv.PYTORCH_LIBRARY_PATH");
    assertFault(
        cluster.submit(score("none", "--device", "gpu")),
        "Spark grants no GPU to tasks",
        "spark.task.resource.gpu.amount");
  }

  private void assertFault(JobProcess process, String what, String remedy) throws Exception {
    JobProcess.Result result = process.run();
    assertEquals(3, result.exitCode(), result::toString);
    assertTrue(result.err().contains(what) && result.err().contains(remedy), result::toString);
    assertFalse(result.err().contains("\tat "), result::toString);
  }

  @Test
  @Tag("nightly")
  void aKilledDriverLeavesNoExecutorBehindAndItsRunGoesOnElsewhere() throws Exception {
    Path out = folder.resolve("orphans");
    try (JobProcess.Running job = cluster.submit(score("orphans", "--slice", "24")).start()) {
      // Of four slices one is committed, and another is under way.
      cluster.awaitExecutorLogs(log -> BATCH.matcher(log).results().count() >= 4);
      job.kill();
      assertFalse(job.isAlive());
      assertEquals(137, job.result().exitCode());
    }
    cluster.awaitNoExecutors();
    JobProcess.Result result = WarmJob.run(undisturbed.score(out.toString()));
    assertEquals(0, result.exitCode(), result::toString);
    undisturbed.assertWhole(out);
    assertEquals(
        List.of("[interrupted]", "[complete]"),
        Tables.sql("SELECT status FROM {0} ORDER BY started_at", out.resolve("runs")));
  }

  private String[] score(String out, String... more) {
    return undisturbed.score(
        folder.resolve(out).toString(),
        Stream.concat(Stream.of("--partitions", "4"), Stream.of(more)).toArray(String[]::new));
  }
}
