package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged job with a Hive metastore in an embedded Derby: what one process registers, the next
 * finds by name.
 */
@Tag("nightly")
class HiveIT {

  @TempDir Path folder;

  /** With the settings of a Spark that has Hive. */
  private JobProcess withHive(JobProcess process) throws Exception {
    return Catalogs.on(process, folder)
        .conf("spark.sql.catalogImplementation", "hive")
        .conf("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
        .conf(
            "spark.hadoop.javax.jdo.option.ConnectionURL",
            "jdbc:derby:;databaseName=" + folder.resolve("metastore") + ";create=true");
  }

  private JobProcess.Result job(String... arguments) throws Exception {
    JobProcess.Result result = withHive(JobProcess.sparkSubmit(arguments)).run();
    assertEquals(0, result.exitCode(), result::toString);
    return result;
  }

  private List<String> sql(String... statements) throws Exception {
    String[] arguments =
        Arrays.stream(statements).flatMap(s -> Stream.of("-e", s)).toArray(String[]::new);
    JobProcess.Result result = withHive(JobProcess.sqlSession(arguments)).run();
    assertEquals(0, result.exitCode(), result::toString);
    return SqlSession.results(result.out()).stream().map(String::strip).toList();
  }

  private String[] score(Demo demo, String set, int images, String... more) throws IOException {
    Path its = Files.createDirectories(folder.resolve("images of " + set));
    try (Stream<Path> all = Files.list(demo.images().resolve("reference"))) {
      for (Path image : all.sorted().limit(images).toList()) {
        Files.copy(image, its.resolve(image.getFileName()));
      }
    }
    List<String> arguments = new ArrayList<>(List.of("score", "--images", its.toString()));
    arguments.addAll(List.of("--dataset", set, "--model", demo.model().toString()));
    arguments.addAll(List.of("--out", tables()));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  private String tables() {
    return folder.resolve("tables").toString();
  }

  @Test
  void whatARunRegistersTheNextSessionFindsByName() throws Exception {
    Demo demo = Demo.once();
    job(score(demo, "007", 6));
    job("tables", "register", "--tables", tables(), "--database", "nights");
    // Registers by itself, and adds the partition of the new set.
    job(score(demo, "2024-01-01", 8, "--catalog-table", "nights"));
    String[] compared = {
      "evaluate", "--scores", tables(), "--reference", "007", "--generated", "2024-01-01"
    };
    job(
        Stream.concat(Arrays.stream(compared), Stream.of("--catalog-table", "nights.own"))
            .toArray(String[]::new));
    List<String> found =
        sql(
            "SELECT dataset, count(*) FROM nights.current_scores GROUP BY dataset ORDER BY dataset",
            "SELECT count(*) FROM nights.scores WHERE dataset = '007'",
            "SHOW TABLES IN nights",
            "SELECT reference, dataset, n FROM nights.own_evaluations",
            "SELECT count(*) FROM nights.own_current_scores",
            "SELECT command FROM nights.runs ORDER BY started_at");
    assertEquals("007\t6\n2024-01-01\t8", found.get(0));
    assertEquals("6", found.get(1));
    for (String table : List.of("current_scores", "scores", "rejects", "runs", "own_evaluations")) {
      assertTrue(found.get(2).contains("nights\t" + table + "\tfalse"), found.get(2));
    }
    assertEquals("007\t2024-01-01\t8", found.get(3));
    assertEquals("14", found.get(4));
    assertEquals("score\nscore\nevaluate", found.get(5));
    // External: the files are ours, and stay.
    sql("DROP DATABASE nights CASCADE");
    assertEquals(
        List.of("[14]"), Tables.sql("SELECT count(*) FROM {0}", folder.resolve("tables/scores")));
  }

  @Test
  void aSparkWithoutMetastoreIsToldBeforeAnyWork() throws Exception {
    JobProcess.Result result =
        JobProcess.sparkSubmit(score(Demo.once(), "a", 1, "--catalog-table", "nights")).run();
    assertEquals(3, result.exitCode(), result::toString);
    assertTrue(result.err().contains("this session has no metastore"), result::toString);
    assertTrue(Files.notExists(folder.resolve("tables")));
  }
}
