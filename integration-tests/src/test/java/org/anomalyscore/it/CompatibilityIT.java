package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same packaged jars on each Spark that clusters run and Maven Central has, under each Java of
 * this machine that this Spark supports: {@code ./mvnw -Pcompatibility verify}. The demo's model
 * computes in float64, so its scores are the same on all of them. Prints a row of the table in
 * docs/running.md for each.
 */
@Tag("compatibility")
@Isolated("each has both cores to itself")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CompatibilityIT {

  /** The project's own first: the others are compared with it. */
  private static final List<String> SPARKS = List.of("4.2.0", "4.0.1", "4.1.1");

  /** Of Java, from the documentation of each Spark. */
  private static final Map<String, List<Integer>> VERSIONS =
      Map.of("4.0.1", List.of(17, 21), "4.1.1", List.of(17, 21), "4.2.0", List.of(17, 21, 25));

  private static final double TOLERANCE = 1e-9;

  /** Of the demo's reference set; the other sets have half as many. */
  private static final int IMAGES = 24;

  /** The demo of the first Spark, whose images all the others score too. */
  private Path demo;

  /** The scores of the first Spark. */
  private Path expected;

  static Stream<SparkAndJava> cells() throws IOException, InterruptedException {
    List<SparkAndJava> cells = new ArrayList<>();
    Map<Integer, Path> jdks = SparkAndJava.jdks();
    for (String spark : SPARKS) {
      boolean own = spark.equals(SPARKS.get(0));
      Path jars = (own ? Checkout.SPARK_HOME : OtherSpark.home(spark)).resolve("jars");
      for (int java : VERSIONS.get(spark)) {
        if (jdks.containsKey(java)) {
          cells.add(SparkAndJava.layOut(spark, jars, java, jdks.get(java)));
        }
      }
    }
    return cells.stream();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void givesTheSameNumbers(SparkAndJava cell) throws Exception {
    List<String> row = new ArrayList<>(List.of(cell.spark(), "" + cell.java()));

    Path own = cell.home().resolve("demo");
    row.add(seconds(run(cell, "demo", "--images", "" + IMAGES, "--out", own.toString())));
    assertRecorded(cell, own.resolve("tables"));
    demo = demo == null ? own : demo;

    Path tables = cell.home().resolve("tables");
    String[] blurred = score("blurred", tables);
    row.add(seconds(run(cell, blurred)));
    row.add(seconds(killAndResume(cell, score("reference", tables), tables)));
    JobProcess.Result evaluated = run(cell, compared("evaluate", tables, "--json"));
    row.add(seconds(evaluated));
    expected = expected == null ? tables : expected;
    assertSameScores(tables, "path, image_id", IMAGES + IMAGES / 2);
    String score = anomalyScore(tables);
    assertEquals(anomalyScore(expected), score);
    JsonNode generator = JsonMapper.builder().build().readTree(evaluated.out()).at("/generators/0");
    assertEquals(score, "[" + generator.get("anomaly_score").asText() + "]");
    assertTrue(generator.get("frechet_distance").asDouble() > 0, evaluated::toString);

    row.add(seconds(assertSameInSql(cell, tables, score)));
    row.add(seconds(assertSameInS3(cell)));
    if (OtherSpark.hasMllib(cell.spark())) {
      row.add(seconds(run(cell, compared("classify", tables))));
      assertEquals(classifications(expected), classifications(tables));
    } else {
      row.add("not run");
    }
    System.out.println("| " + String.join(" | ", row) + " |");
  }

  /** The arguments that score a set of the demo's images, with features for classify. */
  private String[] score(String set, Path tables) {
    return new String[] {
      "score",
      "--images",
      demo.resolve("images").resolve(set).toString(),
      "--dataset",
      set,
      "--model",
      demo.resolve("model/demo-scenes.pt").toString(),
      "--features",
      "--slice",
      "8",
      "--out",
      tables.toString()
    };
  }

  private static String[] compared(String command, Path tables, String... more) {
    List<String> arguments = new ArrayList<>(List.of(command, "--scores", tables.toString()));
    arguments.addAll(List.of("--reference", "reference", "--generated", "blurred"));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private static JobProcess.Result run(SparkAndJava cell, String... arguments) throws Exception {
    return run(cell, cell.script(arguments));
  }

  private static JobProcess.Result run(SparkAndJava cell, JobProcess process) throws Exception {
    JobProcess.Result result = process.run();
    assertEquals(0, result.exitCode(), () -> cell + ": " + result);
    return result;
  }

  /** Kills the run when a part of its rows stands in the table, and starts it again. */
  private static JobProcess.Result killAndResume(SparkAndJava cell, String[] arguments, Path tables)
      throws Exception {
    try (JobProcess.Running running = cell.script(arguments).start()) {
      while (running.isAlive() && scoreFiles(tables, "reference") == 0) {
        Thread.sleep(100);
      }
      running.kill();
      assertEquals(137, running.result().exitCode(), () -> cell + " ended before it was killed");
    }
    JobProcess.Result resumed = run(cell, arguments);
    assertTrue(resumed.out().contains("were scored before"), () -> cell + ": " + resumed);
    return resumed;
  }

  private static long scoreFiles(Path tables, String dataset) throws IOException {
    try (Stream<Path> files = Files.walk(tables.resolve("scores"))) {
      return files
          .map(Path::toString)
          .filter(file -> file.contains("dataset=" + dataset) && file.endsWith(".parquet"))
          .filter(file -> !file.contains("_temporary"))
          .count();
    } catch (UncheckedIOException e) {
      // A folder of a task went while it was listed; look again.
      return 0;
    }
  }

  /** Else another Spark or Java was tested. */
  private static void assertRecorded(SparkAndJava cell, Path tables) {
    List<String> recorded =
        Tables.sql(
            "SELECT DISTINCT spark_version, split(java_version, '[.]')[0] FROM {0}",
            tables.resolve("runs"));
    assertEquals(List.of("[" + cell.spark() + "," + cell.java() + "]"), recorded);
  }

  private void assertSameScores(Path tables, String by, int images) {
    String worst =
        """
        SELECT count(*), max(abs(a.complexity / b.complexity - 1)) <= %1$s,
          max(abs(a.vulnerability / b.vulnerability - 1)) <= %1$s
        FROM {0} a JOIN {1} b USING (%2$s)
        """
            .formatted(TOLERANCE + "D", by);
    assertEquals(
        List.of("[" + images + ",true,true]"),
        Tables.sql(worst, expected.resolve("scores"), tables.resolve("scores")));
  }

  private static String anomalyScore(Path tables) {
    List<String> found =
        Tables.sql(
            "SELECT anomaly_score FROM {0} WHERE dataset = 'blurred'",
            tables.resolve("evaluations"));
    assertEquals(1, found.size(), tables::toString);
    return found.get(0);
  }

  /** Fitted by MLlib's own inner classes, which another version might have changed. */
  private static List<String> classifications(Path tables) {
    List<String> found =
        Tables.sql(
            "SELECT classifier, task, train_fraction, accuracy, auc FROM {0} ORDER BY ALL",
            tables.resolve("classifications"));
    assertFalse(found.isEmpty(), tables::toString);
    return found;
  }

  private static JobProcess.Result assertSameInSql(SparkAndJava cell, Path tables, String score)
      throws Exception {
    JobProcess.Result result =
        cell.sqlSession(
                "-e",
                "SELECT anomaly_score(complexity, vulnerability, dataset = 'reference'),"
                    + " count_if(as_i(complexity, vulnerability) = as_i) FROM parquet.`"
                    + tables.resolve("scores")
                    + "`")
            .timeout(Duration.ofMinutes(2))
            .run();
    assertEquals(0, result.exitCode(), () -> cell + ": " + result);
    assertEquals(
        List.of(score.substring(1, score.length() - 1) + "\t" + (IMAGES + IMAGES / 2) + "\n"),
        SqlSession.results(result.out()),
        result::toString);
    return result;
  }

  /** Images, model and tables in S3; a second run finds the rows of the first. */
  private JobProcess.Result assertSameInS3(SparkAndJava cell) throws Exception {
    S3Server server = S3Server.once();
    String bucket = cell.home().getFileName().toString().replace(".", "-");
    server.makeBucket(bucket);
    Map<String, byte[]> objects = new TreeMap<>();
    for (String file : List.of("model/demo-scenes.pt", "model/demo-scenes.yaml")) {
      objects.put(file, Files.readAllBytes(demo.resolve(file)));
    }
    try (Stream<Path> images = Files.list(demo.resolve("images/blurred"))) {
      for (Path image : images.toList()) {
        objects.put("images/" + image.getFileName(), Files.readAllBytes(image));
      }
    }
    server.upload(bucket, objects);
    S3Runs runs = new S3Runs(Files.createDirectories(cell.home().resolve("s3")), server);
    Path conf = runs.conf("straight", server.endpoint());
    String root = "s3a://" + bucket;
    String[] arguments =
        S3Runs.score(root + "/images", "blurred", root + "/model/demo-scenes.pt", root + "/tables");
    JobProcess.Result first = run(cell, runs.withKeys(cell.script(arguments), conf));
    assertEquals(IMAGES / 2, scored(first), () -> cell + ": " + first);
    JobProcess.Result again = run(cell, runs.withKeys(cell.script(arguments), conf));
    assertEquals(0, scored(again), () -> cell + ": " + again);
    assertEquals(List.of(), server.pendingUploads(bucket));
    assertSameScores(server.download(bucket, "tables", runs.work), "image_id", IMAGES / 2);
    return first;
  }

  private static int scored(JobProcess.Result result) throws IOException {
    return JsonMapper.builder().build().readTree(result.out()).get("scored").asInt();
  }

  private static String seconds(JobProcess.Result result) {
    return String.format(Locale.ROOT, "%.0f s", result.duration().toMillis() / 1e3);
  }
}
