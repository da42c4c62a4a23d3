package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packaged job publishes into tables of Iceberg and of Delta, by the settings of conf/catalogs:
 * once, again, with new rows, and killed between two tables.
 */
@Order(2)
class PublishIT {

  private static final String SET = "007";

  /** The demo's tables and a set of six images. */
  private static Path first;

  @TempDir static Path common;

  @TempDir Path folder;

  /** Where tables are published to, if not into the folder. */
  private String warehouse;

  private Map<String, String> s3 = Map.of();

  /** A table format. */
  enum Format {
    ICEBERG("iceberg", "lake.nights", "lake/nights/scores/metadata", "v\\d+\\.metadata\\.json") {
      @Override
      JobProcess on(JobProcess process, Path folder, String warehouse) {
        return process.conf("spark.sql.catalog.lake.warehouse", warehouse + "/lake");
      }

      @Override
      String versions() {
        return "SELECT snapshot_id FROM lake.nights.scores.snapshots ORDER BY committed_at";
      }
    },
    DELTA("delta", "spark_catalog.nights", "warehouse/nights.db/scores/_delta_log", "\\d+\\.json") {
      @Override
      JobProcess on(JobProcess process, Path folder, String warehouse) {
        return process
            .conf("spark.sql.warehouse.dir", warehouse + "/warehouse")
            .conf(
                "spark.hadoop.javax.jdo.option.ConnectionURL",
                "jdbc:derby:;databaseName=" + folder.resolve("metastore") + ";create=true");
      }

      @Override
      String versions() {
        return "DESCRIBE HISTORY spark_catalog.nights.scores";
      }
    };

    final String using;
    final String place;
    private final String log;
    private final String commit;

    Format(String using, String place, String log, String commit) {
      this.using = using;
      this.place = place;
      this.log = log;
      this.commit = commit;
    }

    /** With a catalog that keeps its tables in a warehouse, and what else it has in a folder. */
    abstract JobProcess on(JobProcess process, Path folder, String warehouse);

    /**
     * A query of the versions of the table scores; those that brought rows stand first in a line.
     */
    abstract String versions();

    /** How many versions the table scores had so far. */
    long commits(Path folder) throws IOException {
      try (Stream<Path> files = Files.list(folder.resolve(log))) {
        return files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.matches(commit))
            .count();
      } catch (NoSuchFileException e) {
        return 0;
      }
    }
  }

  private static synchronized Path first() throws Exception {
    if (first == null) {
      Path tables = common.resolve("first");
      copyTree(Demo.once().tables(), tables);
      score(Demo.once(), 6, tables);
      first = tables;
    }
    return first;
  }

  /** The same tables later: two images are new, and one was scored again. */
  private Path scoredLater() throws Exception {
    Path second = folder.resolve("second");
    copyTree(first(), second);
    score(Demo.once(), 8, second);
    // As score would, where it has to look at the same bytes again.
    String run = ", 'again' AS run_id FROM parquet.`%s` WHERE dataset = '007' LIMIT 1";
    Path scores = second.resolve("scores");
    Tables.write(
        "SELECT * EXCEPT (run_id, scored_at), scored_at + INTERVAL 1 DAY AS scored_at"
            + run.formatted(scores),
        scores,
        "config_id",
        "dataset");
    Path runs = second.resolve("runs");
    Tables.write("SELECT * EXCEPT (run_id)" + run.formatted(runs), runs);
    return second;
  }

  private static void score(Demo demo, int n, Path tables) throws Exception {
    Path images = Files.createDirectories(common.resolve("images"));
    try (Stream<Path> all = Files.list(demo.images().resolve("reference"))) {
      for (Path image : all.sorted().limit(n).toList()) {
        if (Files.notExists(images.resolve(image.getFileName()))) {
          Files.copy(image, images.resolve(image.getFileName()));
        }
      }
    }
    String[] arguments = {
      "score",
      "--images",
      images.toString(),
      "--dataset",
      SET,
      "--model",
      demo.model().toString(),
      "--out",
      tables.toString()
    };
    JobProcess.Result result = WarmJob.run(arguments);
    assertEquals(0, result.exitCode(), result::toString);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  private JobProcess with(Format format, JobProcess process) throws Exception {
    Path settings = Checkout.ROOT.resolve("conf/catalogs/" + format.using + ".conf");
    JobProcess catalog = Catalogs.on(process.settings(settings), folder);
    s3.forEach(catalog::conf);
    return format.on(catalog, folder, warehouse == null ? folder.toString() : warehouse);
  }

  private JobProcess publish(Format format, Path tables) throws Exception {
    return with(
        format,
        JobProcess.sparkSubmit(
            "tables", "publish", "--tables", tables.toString(), "--to", format.place, "--json"));
  }

  /** Rows before and after, by table. */
  private Map<String, List<Long>> published(Format format, Path tables) throws Exception {
    JobProcess.Result result = publish(format, tables).run();
    assertEquals(0, result.exitCode(), result::toString);
    Map<String, List<Long>> rows = new TreeMap<>();
    for (JsonNode line : JsonMapper.builder().build().readTree(result.out()).get("tables")) {
      assertEquals(0, line.get("rows_left").asLong(), result::toString);
      rows.put(
          line.get("table").asText(),
          List.of(line.get("rows_before").asLong(), line.get("rows_after").asLong()));
    }
    return rows;
  }

  private List<String> sql(Format format, String... statements) throws Exception {
    String[] arguments =
        Arrays.stream(statements).flatMap(s -> Stream.of("-e", s)).toArray(String[]::new);
    JobProcess.Result result = with(format, JobProcess.sqlSession(arguments)).run();
    assertEquals(0, result.exitCode(), result::toString);
    return SqlSession.results(result.out()).stream().map(String::strip).toList();
  }

  private static long rows(Path tables, String table) {
    String count = Tables.sql("SELECT count(*) FROM {0}", tables.resolve(table)).get(0);
    return Long.parseLong(count.replaceAll("\\D", ""));
  }

  @Test
  void theDemosRowsArriveInIceberg() throws Exception {
    // What CREATE NAMESPACE makes.
    Files.createDirectories(folder.resolve("lake/nights"));
    Path tables = Demo.once().tables();
    Map<String, List<Long>> published = published(Format.ICEBERG, tables);
    for (String table : List.of("scores", "runs", "evaluations")) {
      assertEquals(List.of(0L, rows(tables, table)), published.get(table), table);
    }
  }

  @Test
  @Tag("nightly")
  void rowsArriveInIcebergAndARepeatAddsNone() throws Exception {
    sql(Format.ICEBERG, "CREATE NAMESPACE " + Format.ICEBERG.place);
    assertRowsArriveAndARepeatAddsNone(Format.ICEBERG);
  }

  @Test
  @Tag("nightly")
  void eachRowArrivesOnceInIceberg() throws Exception {
    assertEachRowArrivesOnce(Format.ICEBERG);
  }

  @Test
  @Tag("nightly")
  void eachRowArrivesOnceInDelta() throws Exception {
    assertEachRowArrivesOnce(Format.DELTA);
  }

  private void assertEachRowArrivesOnce(Format format) throws Exception {
    String place = format.place;
    // As an older version and a user of it left it: without most columns, and with one of his own.
    sql(
        format,
        "CREATE NAMESPACE " + place,
        "CREATE TABLE %s.evaluations (run_id STRING, note STRING) USING %s"
            .formatted(place, format.using));

    assertRowsArriveAndARepeatAddsNone(format);
    final long commits = format.commits(folder);
    Path second = scoredLater();
    try (JobProcess.Running running = publish(format, second).start()) {
      while (running.isAlive() && format.commits(folder) == commits) {
        Thread.sleep(10);
      }
      running.kill();
      assertEquals(137, running.result().exitCode(), "it ended before it was killed");
    }
    final String runs = "SELECT count(*) FROM " + place + ".runs";
    assertEquals(List.of("" + rows(first(), "runs")), sql(format, runs), "killed before runs");
    Map<String, List<Long>> repeated = published(format, second);
    // One image was scored again: a row here, and two in the tables of the job.
    assertEquals(rows(second, "scores") - 1, repeated.get("scores").get(1));
    assertEquals(repeated.get("scores").get(0), repeated.get("scores").get(1), "by the killed one");
    assertEquals(rows(first(), "runs") + 2, repeated.get("runs").get(1));

    String scores = place + ".scores";
    List<String> found =
        sql(
            format,
            "SELECT count(*), count(DISTINCT path), count(DISTINCT scored_at) FROM %s WHERE dataset = '%s'"
                .formatted(scores, SET),
            "SELECT count(*) - count(note), count(anomaly_score) FROM " + place + ".evaluations",
            format.versions());
    // Eight images: five are still of the first run, two of the second, and one is of the last.
    assertEquals("8\t8\t3", found.get(0));
    assertEquals("4\t4", found.get(1));
    List<String> versions =
        found
            .get(2)
            .lines()
            .filter(line -> format == Format.ICEBERG || line.contains("\tMERGE\t"))
            .map(line -> line.replaceFirst("\t.*", ""))
            .toList();
    // By the first, the killed and the repeated one, which found its rows there.
    assertEquals(3, versions.size(), found::toString);
    assertEquals(
        List.of("" + rows(first(), "scores")),
        sql(
            format,
            "SELECT count(*) FROM "
                + scores
                + " VERSION AS OF "
                + (format == Format.ICEBERG ? versions.get(0) : versions.get(2))));
  }

  private void assertRowsArriveAndARepeatAddsNone(Format format) throws Exception {
    Map<String, List<Long>> once = published(format, first());
    for (String table : List.of("scores", "rejects", "runs", "evaluations")) {
      assertEquals(List.of(0L, rows(first(), table)), once.get(table), table);
    }
    assertTrue(once.get("scores").get(1) > 300 && once.get("evaluations").get(1) == 4);
    final Object versions = versions(format);
    Map<String, List<Long>> again = published(format, first());
    once.forEach(
        (table, rows) -> assertEquals(List.of(rows.get(1), rows.get(1)), again.get(table)));
    assertEquals(versions, versions(format));
    assertEquals(
        List.of("" + rows(first(), "scores")),
        sql(format, "SELECT count(*) FROM " + format.place + ".scores"));
  }

  /** What any further version changes. */
  private Object versions(Format format) throws Exception {
    return warehouse == null
        ? format.commits(folder)
        : S3Server.once().keys(warehouse.replace("s3a://", ""), "");
  }

  /** By one writer at a time; what two at once would do is up to the catalog. */
  @ParameterizedTest
  @EnumSource(Format.class)
  @Tag("nightly")
  void rowsArriveInAWarehouseInS3(Format format) throws Exception {
    S3Server server = S3Server.once();
    String bucket = "lake-of-" + format.using;
    server.makeBucket(bucket);
    s3 = new S3Runs(folder, server).settings(server.endpoint());
    warehouse = "s3a://" + bucket;
    sql(format, "CREATE NAMESPACE IF NOT EXISTS " + format.place);

    assertRowsArriveAndARepeatAddsNone(format);
    assertEquals(List.of(), server.pendingUploads(bucket));
  }

  @Test
  void aSessionWithoutTheCatalogIsTold() throws Exception {
    JobProcess.Result result =
        WarmJob.run(
            "tables",
            "publish",
            "--tables",
            Demo.once().tables().toString(),
            "--to",
            "lake.nights");
    assertEquals(3, result.exitCode(), result::toString);
    assertTrue(result.err().contains("no setting spark.sql.catalog.lake"), result::toString);
  }
}
