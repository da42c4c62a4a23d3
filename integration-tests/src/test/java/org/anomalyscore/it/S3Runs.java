package org.anomalyscore.it;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;

/** Starts the packaged job against an S3 server, and keeps all that it says. */
final class S3Runs {

  /**
   * The settings of this project, as the docs/s3.md tells users of other S3 servers to add to them.
   */
  private static final List<String> COPIED = List.of("spark-defaults.conf", "log4j2.properties");

  final Path eventLogs;
  final Path work;
  private final Path folder;
  private final S3Server server;
  private final List<JobProcess.Result> results = Collections.synchronizedList(new ArrayList<>());

  S3Runs(Path folder, S3Server server) throws IOException {
    this.folder = folder;
    this.server = server;
    eventLogs = Files.createDirectories(folder.resolve("event-logs"));
    work = Files.createDirectories(folder.resolve("work"));
  }

  /** What every run has written so far, endings included. */
  List<JobProcess.Result> results() {
    return List.copyOf(results);
  }

  /** A copy of conf/ with the address of a server, and further lines. */
  Path conf(String name, String endpoint, String... lines) throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf-" + name));
    for (String file : COPIED) {
      Files.copy(Checkout.ROOT.resolve("conf").resolve(file), conf.resolve(file));
    }
    Path defaults = conf.resolve("spark-defaults.conf");
    List<String> all = new ArrayList<>(Files.readAllLines(defaults));
    all.add("spark.hadoop.fs.s3a.endpoint " + endpoint);
    all.add("spark.hadoop.fs.s3a.endpoint.region us-east-1");
    all.add("spark.hadoop.fs.s3a.path.style.access true");
    all.add("spark.eventLog.enabled true");
    all.add("spark.eventLog.compress false");
    all.add("spark.eventLog.dir " + eventLogs.toUri());
    all.addAll(List.of(lines));
    Files.write(defaults, all);
    return conf;
  }

  /** The settings of {@link #conf}, and the server's keys, for a {@link WarmJob}. */
  Map<String, String> settings(String endpoint) {
    return new HashMap<>(
        Map.of(
            "spark.hadoop.fs.s3a.endpoint",
            endpoint,
            "spark.hadoop.fs.s3a.endpoint.region",
            "us-east-1",
            "spark.hadoop.fs.s3a.path.style.access",
            "true",
            "spark.eventLog.enabled",
            "true",
            "spark.eventLog.compress",
            "false",
            "spark.eventLog.dir",
            eventLogs.toUri().toString(),
            // What Spark makes of a process's AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
            "spark.hadoop.fs.s3a.access.key",
            server.accessKey,
            "spark.hadoop.fs.s3a.secret.key",
            server.secretKey));
  }

  /** Runs a command in the {@link WarmJob}. */
  JobProcess.Result warm(Map<String, String> settings, String... arguments) throws IOException {
    JobProcess.Result result = WarmJob.run(settings, arguments);
    results.add(result);
    return result;
  }

  /** The same conf folder, telling all that Spark tells at INFO. */
  static Path talkative(Path conf) throws IOException {
    Path log = conf.resolve("log4j2.properties");
    Files.writeString(
        log, Files.readString(log).replace("rootLogger.level = warn", "rootLogger.level = info"));
    return conf;
  }

  /** A run with the server's own keys in the environment. */
  JobProcess withKeys(Path conf, String... arguments) {
    return withKeys(JobProcess.script(arguments), conf);
  }

  JobProcess withKeys(JobProcess process, Path conf) {
    return withoutKeys(process, conf)
        .env("AWS_ACCESS_KEY_ID", server.accessKey)
        .env("AWS_SECRET_ACCESS_KEY", server.secretKey);
  }

  /** A run that finds no credentials anywhere. */
  JobProcess withoutKeys(Path conf, String... arguments) {
    return withoutKeys(JobProcess.script(arguments), conf);
  }

  private JobProcess withoutKeys(JobProcess process, Path conf) {
    return process
        .env("SPARK_CONF_DIR", conf.toString())
        .env("SPARK_LOCAL_DIRS", work.toString())
        // Neither a developer's own nor those of the machine that runs the tests.
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.resolve("none").toString())
        .env("AWS_CONFIG_FILE", folder.resolve("none").toString())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .timeout(Duration.ofMinutes(10));
  }

  JobProcess.Result run(JobProcess process) throws Exception {
    JobProcess.Result result = process.run();
    results.add(result);
    return result;
  }

  /** Runs beside the test, for what mostly waits. */
  CompletableFuture<JobProcess.Result> begin(JobProcess process) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return run(process);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  static String[] score(String images, String dataset, String model, String out) {
    return new String[] {
      "score",
      "--images",
      images,
      "--dataset",
      dataset,
      "--model",
      model,
      "--out",
      out,
      "--batch-size",
      "8",
      "--json"
    };
  }

  /** Small PNG files of noise, none like another. */
  static Map<String, byte[]> pictures(String prefix, int count, long seed) throws IOException {
    Random random = new Random(seed);
    Map<String, byte[]> pictures = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
      for (int pixel = 0; pixel < 16 * 16; pixel++) {
        image.setRGB(pixel % 16, pixel / 16, random.nextInt(1 << 24));
      }
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      pictures.put("%s/%04d.png".formatted(prefix, i), out.toByteArray());
    }
    return pictures;
  }
}
