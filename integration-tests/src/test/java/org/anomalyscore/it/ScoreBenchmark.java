package org.anomalyscore.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/**
 * Prints how fast {@code score} is on this machine, beside a plain PyTorch script and beside the
 * matrix products that the processor makes: per feature model, in turns, several times.
 *
 * <p>{@code ./mvnw -DskipTests -Pspeed verify -Danomalyscore.python=FILE
 * [-Dmodels=resnet20,mobilenetv2,resnet50,vit-s16] [-Drounds=3] [-Dimages=64]}; that Python needs
 * torch, timm, torchvision and Pillow.
 */
final class ScoreBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** The batch that {@code score} uses where none is given: 8 images of 224 px. */
  private static final Map<String, Integer> BATCH = Map.of("resnet20", 32);

  /** Models that are fast get more images, so that starting a run is a small part of each. */
  private static final Map<String, Integer> MANY = Map.of("resnet20", 64, "mobilenetv2", 2);

  private final String model;
  private final Path folder;
  private final Path images;
  private final int count;
  private final JsonNode operations;

  /** One measurement of each way; images per second and the most memory. */
  private record Sample(double imagesPerSecond, double peakBytes, JsonNode json) {}

  private ScoreBenchmark(String model, Path folder, int count) throws Exception {
    this.model = model;
    this.folder = folder;
    this.count = count;
    this.images = Files.createDirectories(folder.resolve("images-" + model));
    boolean small = model.equals("resnet20");
    for (int i = 0; i < count; i++) {
      String format = small ? "png" : "jpg";
      Path file = images.resolve("%05d.%s".formatted(i, format));
      draw(file, i, small ? 32 : 500, small ? 32 : 375, format);
    }
    for (String precision : List.of("float32", "float64")) {
      python("export", "--out", folder.toString(), "--precision", precision);
    }
    this.operations = python("operations", "--out", folder.toString());
  }

  public static void main(String[] arguments) throws Exception {
    int rounds = Integer.getInteger("rounds", 3);
    int photographs = Integer.getInteger("images", 64);
    String[] models =
        System.getProperty("models", "resnet20,mobilenetv2,resnet50,vit-s16").split(",", -1);
    Path folder = Files.createTempDirectory("score-benchmark");
    for (String model : models) {
      int count = photographs * MANY.getOrDefault(model, 1);
      new ScoreBenchmark(model, folder, count).run(rounds);
    }
  }

  private void run(int rounds) throws Exception {
    Map<String, List<Sample>> samples = new TreeMap<>();
    for (int round = 0; round < rounds; round++) {
      add(samples, "b plain PyTorch", plain());
      add(samples, "c score", score(model));
      add(samples, "c score, float64", score(model + "-float64"));
      add(samples, "d network alone", network());
    }
    List<Process> busy = busyProcess();
    try {
      add(samples, "e plain PyTorch, busy", plain());
      add(samples, "f score, busy", score(model));
    } finally {
      busy.forEach(Process::destroyForcibly);
    }
    print(samples);
  }

  private static void add(Map<String, List<Sample>> samples, String way, Sample sample) {
    samples.computeIfAbsent(way, key -> new ArrayList<>()).add(sample);
    System.out.printf(
        Locale.ROOT, "# %s: %.3f images/s %s%n", way, sample.imagesPerSecond(), sample.json());
  }

  private void print(Map<String, List<Sample>> samples) {
    List<Sample> alone = samples.get("d network alone");
    double one = median(alone, s -> s.json().get("gflops_one").asDouble());
    double all = median(alone, s -> s.json().get("gflops_all").asDouble());
    double peer = median(samples.get("b plain PyTorch"), Sample::imagesPerSecond);
    double gigaOperations = operations.get("image").asDouble() / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%n%s: %d images, %d cores; matrix products %.1f GFLOP/s on one core, %.1f on all;"
            + " %.2f GFLOP an image; weights %.0f MB, activations %.1f MB an image%n",
        model,
        count,
        CORES,
        one,
        all,
        gigaOperations,
        operations.get("weight_bytes").asDouble() / 1e6,
        operations.get("activation_bytes").asDouble() / 1e6);
    System.out.println(
        "| | images/s/core | least..most | GFLOP/s | of the ceiling | to plain PyTorch | peak MB"
            + " |");
    System.out.println("|---|---|---|---|---|---|---|");
    samples.forEach(
        (way, list) -> {
          double rate = median(list, Sample::imagesPerSecond);
          System.out.printf(
              Locale.ROOT,
              "| %s | %.3f | %.3f..%.3f | %.1f | %.0f %% | %.2f | %.0f |%n",
              way,
              rate / CORES,
              list.stream().mapToDouble(Sample::imagesPerSecond).min().orElseThrow() / CORES,
              list.stream().mapToDouble(Sample::imagesPerSecond).max().orElseThrow() / CORES,
              rate * gigaOperations,
              100 * rate * gigaOperations / all,
              rate / peer,
              median(list, Sample::peakBytes) / 1e6);
        });
    List<Sample> score = samples.get("c score");
    System.out.printf(
        Locale.ROOT,
        "score: %.3f images/s/core while its tasks run; outside the network are %.1f %% of the"
            + " tasks' time and %.1f %% of the cores' time of the run; start of the process, not"
            + " counted: %.1f s%n",
        count / median(score, ScoreBenchmark::taskSeconds),
        100 * median(score, ScoreBenchmark::shareOfTasks),
        100 * median(score, s -> 1 - networkSeconds(s) / (CORES * seconds(s))),
        median(score, s -> s.json().get("process_seconds").asDouble() - seconds(s)));
    double tasks = median(score, ScoreBenchmark::taskSeconds);
    double inFloat64 = median(samples.get("c score, float64"), ScoreBenchmark::taskSeconds);
    System.out.printf(
        Locale.ROOT,
        "in float64: %.3f images/s/core while its tasks run, %.2f times the time of float32%n",
        count / inFloat64,
        inFloat64 / tasks);
    System.out.printf(
        Locale.ROOT,
        "with a busy process: score's tasks keep %.2f of their speed, plain PyTorch %.2f; a fair"
            + " share is %.2f%n%n",
        median(score, ScoreBenchmark::taskSeconds)
            / median(samples.get("f score, busy"), ScoreBenchmark::taskSeconds),
        median(samples.get("e plain PyTorch, busy"), Sample::imagesPerSecond) / peer,
        CORES / (CORES + 1.0));
  }

  private static double seconds(Sample sample) {
    return sample.json().get("seconds").asDouble();
  }

  private static double networkSeconds(Sample sample) {
    return sample.json().get("network_seconds").asDouble();
  }

  private static double taskSeconds(Sample sample) {
    double tasks = 0;
    for (JsonNode stage : sample.json().get("seconds_by_stage")) {
      tasks += stage.asDouble();
    }
    return tasks;
  }

  private static double shareOfTasks(Sample sample) {
    return 1 - networkSeconds(sample) / taskSeconds(sample);
  }

  private static double median(List<Sample> samples, ToDoubleFunction<Sample> value) {
    double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** A part of the images, since this script starts nothing that more images would pay for. */
  private Sample plain() throws Exception {
    int some = Math.max(16, count / 8);
    JsonNode json =
        python("score", "--images", images.toString(), "--limit", Integer.toString(some));
    double rate = json.get("images").asDouble() / seconds(json);
    return new Sample(rate, json.get("peak_bytes").asDouble(), json);
  }

  private static double seconds(JsonNode json) {
    return json.get("seconds").asDouble();
  }

  private Sample network() throws Exception {
    int batch = BATCH.getOrDefault(model, 8);
    String classes = "spark-job/target/test-classes";
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx1g",
            "-cp",
            Checkout.ROOT.resolve(classes)
                + ":"
                + Checkout.JOB_JAR
                + ":"
                + Checkout.SPARK_HOME.resolve("jars/*"),
            "org.anomalyscore.measure.NetworkBenchmark",
            folder.resolve(model + ".pt").toString(),
            Integer.toString(CORES),
            "1",
            Integer.toString(batch),
            Integer.toString(Math.max(1, count / batch / CORES / 4)));
    builder.environment().putAll(executorEnvironment());
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    JsonNode json =
        json(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    return new Sample(
        json.get("images").asDouble() / seconds(json), json.get("peak_bytes").asDouble(), json);
  }

  private Sample score(String name) throws Exception {
    Path out = Files.createTempDirectory(folder, "out");
    long begin = System.nanoTime();
    long peak = 0;
    try (JobProcess.Running running =
        JobProcess.script(
                "score",
                "--json",
                "--images",
                images.toString(),
                "--dataset",
                "speed",
                "--model",
                folder.resolve(name + ".pt").toString(),
                "--out",
                out.toString())
            .env("SPARK_MASTER", "local[" + CORES + "]")
            .withBothCompilers()
            .timeout(Duration.ofHours(1))
            .start()) {
      while (running.isAlive()) {
        peak = Math.max(peak, running.peakBytes());
        Thread.sleep(100);
      }
      JobProcess.Result result = running.result();
      if (result.exitCode() != 0) {
        throw new IllegalStateException(result.toString());
      }
      ObjectNode times = (ObjectNode) json(result.out());
      times.retain("seconds", "network_seconds", "seconds_by_stage");
      times.put("process_seconds", (System.nanoTime() - begin) / 1e9);
      return new Sample(count / seconds(times), (double) peak, times);
    }
  }

  private JsonNode python(String what, String... arguments) throws Exception {
    List<String> words =
        new ArrayList<>(List.of(Python.script("plain_pytorch.py").toString(), what, model));
    words.addAll(Arrays.asList(arguments));
    Python.Result result = Python.run(Map.of(), words.toArray(String[]::new));
    if (result.exitCode() != 0) {
      throw new IllegalStateException(result.toString());
    }
    return json(result.out());
  }

  /** The last line that is an object: libraries may warn before it. */
  private static JsonNode json(String out) throws IOException {
    List<String> lines = out.lines().collect(Collectors.toList());
    String last = lines.get(lines.size() - 1);
    return JSON.readTree(out.startsWith("{") ? out : last);
  }

  /** What an executor's environment holds, as users have it. */
  private static Map<String, String> executorEnvironment() throws IOException {
    Properties defaults = new Properties();
    try (InputStream in = Files.newInputStream(Checkout.ROOT.resolve("conf/spark-defaults.conf"))) {
      defaults.load(in);
    }
    String prefix = "spark.executorEnv.";
    return defaults.stringPropertyNames().stream()
        .filter(key -> key.startsWith(prefix))
        .collect(Collectors.toMap(key -> key.substring(prefix.length()), defaults::getProperty));
  }

  private static List<Process> busyProcess() throws IOException {
    return List.of(new ProcessBuilder("bash", "-c", "while :; do :; done").start());
  }

  /** Shapes and grain, which take a decoder as long as a photograph. */
  static void draw(Path file, int seed, int width, int height, String format) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int shape = 0; shape < 40; shape++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(width),
          random.nextInt(height),
          1 + random.nextInt(width / 2),
          1 + random.nextInt(height / 2));
    }
    graphics.dispose();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, image.getRGB(x, y) ^ random.nextInt(8) * 0x010101);
      }
    }
    ImageIO.write(image, format, file.toFile());
  }
}
