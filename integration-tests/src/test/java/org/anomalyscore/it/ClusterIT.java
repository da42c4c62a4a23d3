package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The packaged job on a standalone cluster whose executors stall and die. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ClusterIT {
  private static final int IMAGES = 96;
  private static final Pattern COPY = Pattern.compile("Running task \\d+\\.1 in stage");
  private static final Pattern BATCH = Pattern.compile("Task \\d+ has measured");

  @TempDir static Path folder;

  private StandaloneCluster cluster;
  private List<String> expected;

  @BeforeAll
  void start() throws Exception {
    drawImages(folder.resolve("images"));
    JobProcess.Result local = JobProcess.sparkSubmit(score("local")).run();
    assertEquals(0, local.exitCode(), local::toString);
    expected = rows("local");
    assertEquals(IMAGES, expected.size());
    cluster = StandaloneCluster.start(folder.resolve("cluster"), 2, 2);
  }

  @AfterAll
  void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void aTaskThatDiesAfterHalfItsRowsLeavesNone() throws Exception {
    try (JobProcess.Running job = cluster.submit(score("killed")).start()) {
      // Three batches a task, two tasks an executor.
      cluster.awaitExecutorLog(0, log -> BATCH.matcher(log).results().count() >= 3);
      assertTrue(cluster.killExecutor(0));
      JobProcess.Result result = job.result();
      assertEquals(0, result.exitCode(), result::toString);
      assertTrue(result.err().contains("ExecutorLostFailure"), result::toString);
    }
    assertEquals(expected, rows("killed"));
  }

  @Test
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
    assertEquals(expected, rows("stalled"));
    try (Stream<Path> files = Files.list(events)) {
      String log = Files.readString(files.findFirst().orElseThrow());
      assertTrue(log.contains("\"Speculative\":true"), "nothing was speculated");
    }
  }

  @Test
  void eachTaskGetsAGpuOfItsOwn() throws Exception {
    JobProcess.Result result =
        cluster
            .submit(append(score("gpus"), "--device", "cpu"))
            .conf("spark.executor.resource.gpu.amount", "2")
            .conf("spark.task.resource.gpu.amount", "1")
            .conf("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .run();
    assertEquals(0, result.exitCode(), result::toString);
    assertEquals(expected, rows("gpus"));
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

  @Test
  void aGpuThatCannotBeUsedIsOneMessage() throws Exception {
    assertFault(
        cluster
            .submit(score("unusable"))
            .conf("spark.executor.resource.gpu.amount", "1")
            .conf("spark.task.resource.gpu.amount", "0.5"),
        "a build for the CPU",
        "spark.executorEnv.PYTORCH_LIBRARY_PATH");
    assertFault(
        cluster.submit(append(score("none"), "--device", "gpu")),
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
  void prometheusSeesTheRun() throws Exception {
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
            .submit(append(score("watched"), "--slice", "24"))
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
      assertEquals(0, job.result().exitCode());
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
    assertEquals(expected, rows("watched"));
  }

  @Test
  void aKilledDriverLeavesNoExecutorBehind() throws Exception {
    try (JobProcess.Running job = cluster.submit(score("orphans")).start()) {
      cluster.awaitExecutors(2);
      job.kill();
      assertFalse(job.isAlive());
      assertEquals(137, job.result().exitCode());
    }
    cluster.awaitNoExecutors();
    assertFalse(Files.exists(folder.resolve("orphans/scores")));
  }

  private String[] score(String out) {
    return new String[] {
      "score",
      "--images",
      folder.resolve("images").toString(),
      "--dataset",
      "noise",
      "--model",
      Checkout.ROOT.resolve("spark-job/src/test/resources/oracle/tiny.pt").toString(),
      "--out",
      folder.resolve(out).toString(),
      "--batch-size",
      "8",
      // Long tasks on small images.
      "--attack-steps",
      "100",
      "--partitions",
      "4"
    };
  }

  private static String[] append(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  /** What must not depend on where and how often a task ran. */
  private List<String> rows(String out) {
    return Tables.sql(
        "SELECT path, image_id, complexity, vulnerability, step_norm, complexity_floor"
            + " FROM {0} ORDER BY path, image_id",
        folder.resolve(out).resolve("scores"));
  }

  /** Coloured blocks, so that no image is degenerate. */
  private static void drawImages(Path images) throws IOException {
    Files.createDirectories(images);
    Random random = new Random(1);
    for (int n = 0; n < IMAGES; n++) {
      BufferedImage image = new BufferedImage(48, 48, BufferedImage.TYPE_INT_RGB);
      for (int block = 0; block < 36; block++) {
        int color = random.nextInt(1 << 24);
        for (int pixel = 0; pixel < 64; pixel++) {
          image.setRGB(block % 6 * 8 + pixel % 8, block / 6 * 8 + pixel / 8, color);
        }
      }
      ImageIO.write(image, "png", images.resolve("%03d.png".formatted(n)).toFile());
    }
  }
}
