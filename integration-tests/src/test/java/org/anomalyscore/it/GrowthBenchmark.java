package org.anomalyscore.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Prints how the cost of a run grows: with images, with executors, with rows of {@code evaluate},
 * and in requests to S3; and, simulated, on many GPUs. The feature model is the demo's unless one
 * is named.
 *
 * <p>{@code ./mvnw -DskipTests -Pgrowth verify [-Dmodel=FILE.pt] [-Drounds=3]
 * [-Dparts=images,executors,evaluate,requests,simulate]}
 */
final class GrowthBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int[] IMAGES = {1024, 4096, 16384};
  private static final int[] ROWS = {10_000, 100_000, 1_000_000, 10_000_000};

  private final Path folder = Files.createTempDirectory("growth-benchmark");
  private final String model;
  private final int rounds = Integer.getInteger("rounds", 3);
  private int runs;

  private GrowthBenchmark() throws IOException {
    String named = System.getProperty("model", "");
    Path demo =
        Checkout.ROOT.resolve("spark-job/src/main/resources/org/anomalyscore/demo/demo-scenes.pt");
    model = named.isEmpty() ? demo.toString() : named;
  }

  public static void main(String[] arguments) throws Exception {
    GrowthBenchmark benchmark = new GrowthBenchmark();
    for (String part : List.of(System.getProperty("parts").split(",", -1))) {
      switch (part) {
        case "images" -> benchmark.images();
        case "executors" -> benchmark.executors();
        case "evaluate" -> benchmark.evaluate();
        case "requests" -> benchmark.requests();
        case "simulate" -> RunSimulation.print();
        default -> throw new IllegalArgumentException("unknown part " + part);
      }
    }
  }

  /** A run's JSON. */
  private static JsonNode json(JobProcess process) throws Exception {
    JobProcess.Result result = process.withBothCompilers().timeout(Duration.ofHours(1)).run();
    if (result.exitCode() != 0) {
      throw new IllegalStateException(result.toString());
    }
    return JSON.readTree(result.out());
  }

  private String[] score(Path images, String dataset) {
    String out = folder.resolve("out-" + runs++).toString();
    return score(images, dataset, out);
  }

  private String[] score(Path images, String dataset, String out) {
    return new String[] {
      "score",
      "--json",
      "--images",
      images.toString(),
      "--dataset",
      dataset,
      "--model",
      model,
      "--out",
      out
    };
  }

  private Path drawn(int count) throws IOException {
    Path images = folder.resolve("images-" + count);
    if (!Files.exists(images)) {
      Files.createDirectories(images);
      for (int i = 0; i < count; i++) {
        ScoreBenchmark.draw(images.resolve("%06d.png".formatted(i)), i, 32, 32, "png");
      }
    }
    return images;
  }

  private void images() throws Exception {
    double[][] seconds = new double[IMAGES.length][rounds];
    double[][] tasks = new double[IMAGES.length][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < IMAGES.length; i++) {
        JsonNode run = json(JobProcess.script(score(drawn(IMAGES[i]), "growth")));
        seconds[i][round] = run.get("seconds").asDouble();
        tasks[i][round] = run.get("task_seconds").asDouble();
      }
    }
    System.out.println("| images | seconds of the run | task seconds an image, to the smallest |");
    System.out.println("|---|---|---|");
    double least = median(tasks[0]) / IMAGES[0];
    for (int i = 0; i < IMAGES.length; i++) {
      System.out.printf(
          Locale.ROOT,
          "| %d | %.1f | %.3f |%n",
          IMAGES[i],
          median(seconds[i]),
          median(tasks[i]) / IMAGES[i] / least);
    }
    int last = IMAGES.length - 1;
    double slope =
        (median(seconds[last]) - median(seconds[0])) / (IMAGES[last] - (double) IMAGES[0]);
    double fixed = median(seconds[0]) - slope * IMAGES[0];
    System.out.printf(
        Locale.ROOT,
        "seconds = %.1f + %.5f images; at %d images that is off by %.1f %%%n",
        fixed,
        slope,
        IMAGES[1],
        100 * ((fixed + slope * IMAGES[1]) / median(seconds[1]) - 1));
  }

  private void executors() throws Exception {
    Path images = drawn(IMAGES[1]);
    double[][] seconds = new double[2][rounds];
    double[] tasks = new double[2];
    try (StandaloneCluster cluster = StandaloneCluster.start(folder.resolve("cluster"), 1, 0)) {
      for (int round = 0; round < rounds; round++) {
        for (int executors = 1; executors <= 2; executors++) {
          JsonNode run =
              json(
                  cluster
                      .submit(score(images, "growth"))
                      .conf("spark.cores.max", Integer.toString(executors)));
          seconds[executors - 1][round] = run.get("seconds").asDouble();
          tasks[executors - 1] = run.get("task_seconds").asDouble();
          cluster.awaitNoExecutors();
        }
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d images on executors of one core: 1 in %.1f s (its tasks %.1f s), 2 in %.1f s (%.1f s"
            + " together): %.2f times as fast%n",
        IMAGES[1],
        median(seconds[0]),
        tasks[0],
        median(seconds[1]),
        tasks[1],
        median(seconds[0]) / median(seconds[1]));
  }

  private void evaluate() throws Exception {
    Path scored = folder.resolve("scored");
    JsonNode real = json(JobProcess.script(score(drawn(64), "real", scored.toString())));
    json(JobProcess.script(score(drawn(64), "generated", scored.toString())));
    String configuration = real.get("config_id").asText();
    System.out.println("| rows of each set | evaluate, seconds | without resampling | peak MB |");
    System.out.println("|---|---|---|---|");
    for (int rows : ROWS) {
      Path tables = folder.resolve("tables-" + rows);
      Tables.write(
          "SELECT * FROM parquet.`" + scored.resolve("runs") + "`", tables.resolve("runs"));
      for (String dataset : new String[] {"real", "generated"}) {
        Tables.write(madeUp(rows, configuration, dataset), tables.resolve("scores"), PARTITIONS);
      }
      double[] seconds = new double[rounds];
      double[] plain = new double[rounds];
      long peak = 0;
      for (int round = 0; round < rounds; round++) {
        Evaluated statistic = evaluate(tables, "--resamples", "0", "--permutations", "0");
        plain[round] = statistic.seconds();
        Evaluated full = evaluate(tables);
        seconds[round] = full.seconds();
        peak = Math.max(peak, Math.max(statistic.peakBytes(), full.peakBytes()));
      }
      System.out.printf(
          Locale.ROOT,
          "| %,d | %.1f | %.1f | %.0f |%n",
          rows,
          median(seconds),
          median(plain),
          peak / 1e6);
    }
  }

  private static final String[] PARTITIONS = {"config_id", "dataset"};

  private record Evaluated(double seconds, long peakBytes) {}

  private static Evaluated evaluate(Path tables, String... more) throws Exception {
    String[] arguments = {
      "evaluate",
      "--json",
      "--scores",
      tables.toString(),
      "--reference",
      "real",
      "--generated",
      "generated"
    };
    String[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    try (JobProcess.Running running =
        JobProcess.script(all).withBothCompilers().timeout(Duration.ofHours(1)).start()) {
      long peak = 0;
      while (running.isAlive()) {
        peak = Math.max(peak, running.peakBytes());
        Thread.sleep(100);
      }
      JobProcess.Result result = running.result();
      if (result.exitCode() != 0) {
        throw new IllegalStateException(result.toString());
      }
      return new Evaluated(result.duration().toMillis() / 1e3, peak);
    }
  }

  /** Rows of scores as a run writes them, their numbers drawn. */
  private static String madeUp(int rows, String configuration, String dataset) {
    int seed = dataset.length();
    return """
    SELECT sha2(concat('%2$s', id), 256) AS image_id, concat('s3a://images/%2$s/', id, '.png') AS path,
      32 AS width, 32 AS height, complexity, vulnerability, vulnerability / complexity AS as_i,
      0.1 AS step_norm, 0.01 AS complexity_floor, 'made-up' AS model, 'made-up' AS run_id,
      timestamp '2026-01-01 00:00:00' AS scored_at, '%3$s' AS config_id, '%2$s' AS dataset
    FROM (SELECT id, 0.2 + 0.1 * rand(%4$d) AS complexity, 10 + randn(%5$d) AS vulnerability FROM range(%1$d))
    """
        .formatted(rows, dataset, configuration, seed, seed + 1);
  }

  private void requests() throws Exception {
    Path server = Files.createDirectories(folder.resolve("s3"));
    try (S3Server s3 = S3Server.start(server);
        FaultProxy proxy = new FaultProxy(s3.port)) {
      s3.makeBucket("growth");
      S3Runs s3Runs = new S3Runs(Files.createDirectories(folder.resolve("runs")), s3);
      Path conf = s3Runs.conf("growth", proxy.endpoint());
      Map<Integer, Map<String, Long>> counts = new TreeMap<>();
      for (int images : new int[] {64, 1024}) {
        s3.upload("growth", S3Runs.pictures("images-" + images, images, images));
        int before = proxy.requests().size();
        String uri = "s3a://growth/images-" + images;
        String out = "s3a://growth/tables-" + images;
        json(s3Runs.withKeys(conf, S3Runs.score(uri, "s3", model, out)));
        counts.put(
            images,
            proxy.requests().stream()
                .skip(before)
                .collect(
                    Collectors.groupingBy(
                        GrowthBenchmark::kind, TreeMap::new, Collectors.counting())));
      }
      System.out.println("requests to S3, by images of the run: " + counts);
    }
  }

  private static String kind(FaultProxy.Request request) {
    String target = request.target();
    if (target.contains("list-type=")) {
      return "LIST";
    }
    return request.method() + (target.contains("/images-") ? " of an image" : "");
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}
