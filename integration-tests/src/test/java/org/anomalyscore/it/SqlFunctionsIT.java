package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The functions' jar in a Spark that has nothing else of ours, and the queries of conf/sql: over
 * the demo's tables and over a small night with two configurations, an image that was scored twice,
 * one that was rejected after its score and a generator of the week before.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SqlFunctionsIT {

  private static final Path QUERIES = Checkout.ROOT.resolve("conf/sql");

  /** What the newest row of an image has. */
  private static final String NEW = "timestamp '2026-01-02 00:00:00'";

  private static final String CURRENT = "config_id, dataset, path, vulnerability";

  @TempDir static Path night;

  private final List<String> arguments = new ArrayList<>();
  private Demo demo;
  private List<String> results;

  @BeforeAll
  void runEveryStatementInOneSession() throws Exception {
    demo = Demo.once();
    writeNight();
    variable("tables", demo.tables().toString());
    variable("reference", "reference");
    variable("dataset", "blurred");
    statement("DESCRIBE FUNCTION EXTENDED anomaly_score"); // 0
    statement(
        """
        SELECT e.dataset, e.anomaly_score, e.p_value, e.ks_complexity, e.ks_vulnerability,
          anomaly_score(s.complexity, s.vulnerability, s.dataset = e.reference),
          anomaly_score_p_value(s.complexity, s.vulnerability, s.dataset = e.reference, 1000, 0),
          ks_statistic(s.complexity, s.dataset = e.reference),
          ks_statistic(s.vulnerability, s.dataset = e.reference),
          count(*), count_if(as_i(s.complexity, s.vulnerability) = s.as_i)
        FROM parquet.`${tables}/evaluations` e JOIN parquet.`${tables}/scores` s
          ON s.config_id = e.config_id AND s.dataset IN (e.reference, e.dataset)
        GROUP BY ALL ORDER BY e.dataset\
        """); // 1
    statement("SELECT anomaly_score(1, 2)"); // 2
    statement("SELECT anomaly_score_p_value(1, 2, true, 0)"); // 3
    views();
    query("worst-images.sql"); // 4
    query("anomaly-score-by-class.sql"); // 5
    query("drift.sql"); // 6
    variable("tables", night.toString());
    variable("reference", "real");
    variable("dataset", "gan");
    views();
    query("worst-images.sql"); // 7
    query("anomaly-score-by-class.sql"); // 8
    query("drift.sql"); // 9
    statement(ofClass("class = 'cat'")); // 10
    statement(ofClass("(class = 'bird' OR dataset = 'real')")); // 11
    statement("SELECT " + CURRENT + " FROM current_scores ORDER BY ALL"); // 12
    JobProcess.Result result =
        JobProcess.sqlSession(arguments.toArray(String[]::new))
            .jar(Checkout.SQL_JAR)
            .conf("spark.sql.extensions", "org.anomalyscore.functions.AnomalyScoreExtensions")
            .conf("spark.sql.shuffle.partitions", "2")
            .conf("spark.ui.enabled", "false")
            .run();
    assertEquals(0, result.exitCode(), result::toString);
    results = SqlSession.results(result.out());
    assertEquals(13, results.size(), result::toString);
  }

  private void variable(String name, String value) {
    arguments.addAll(List.of("--hivevar", name + "=" + value));
  }

  private void statement(String sql) {
    arguments.addAll(List.of("-e", sql));
  }

  private void views() {
    arguments.addAll(List.of("-i", QUERIES.resolve("current_scores.sql").toString()));
  }

  private void query(String file) {
    arguments.addAll(List.of("-f", QUERIES.resolve(file).toString()));
  }

  /** AS and p of the images of a condition under configuration a, without the query's joins. */
  private static String ofClass(String condition) {
    return "SELECT anomaly_score(complexity, vulnerability, dataset = 'real'),"
        + " anomaly_score_p_value(complexity, vulnerability, dataset = 'real')"
        + " FROM parquet.`${tables}/scores` WHERE config_id = 'a' AND dataset IN ('real', 'gan')"
        + (" AND scored_at = " + NEW + " AND " + condition);
  }

  /**
   * The reference has cats and dogs, the generator cats and birds, 30 of each. One cat had a much
   * worse score before its file was replaced, and one image was replaced by a file that has none;
   * the images of the older generator are worse too.
   */
  private static void writeNight() {
    Path scores = night.resolve("scores");
    String images =
        "SELECT concat('file:/', dataset, '/', class, '/', id, '.png') AS path, 'net' AS model,"
            + " complexity, vulnerability, vulnerability / complexity AS as_i, scored_at, class,"
            + " config_id, dataset FROM (SELECT *, 0.1D + 0.01D * ((id * 7) % 31) AS complexity,"
            + " worse + (id * 11) % 31 + IF(class = 'cat', 1, 2) * IF(config_id = 'a', 3D, 4D)"
            + " AS vulnerability FROM (VALUES ";
    String rows = ") AS t(dataset, class, worse, n, scored_at)";
    String ids = " LATERAL VIEW explode(sequence(1, n)) AS id";
    String configurations = " LATERAL VIEW explode(array('a', 'b')) AS config_id)";
    Tables.write(
        images
            + ("('real', 'cat', 5, 30, " + NEW + "), ('real', 'dog', 5, 30, " + NEW + "),")
            + ("('gan', 'cat', 9, 30, " + NEW + "), ('gan', 'bird', 9, 30, " + NEW + "),")
            + ("('old', 'cat', 500, 30, " + NEW + "),")
            + ("('gan', 'lost', 900, 1, " + NEW + "),")
            + "('gan', 'cat', 900, 1, timestamp '2026-01-01 00:00:00')"
            + (rows + ids + configurations),
        scores,
        "config_id",
        "dataset");
    Tables.write(
        "SELECT path, 'gan' AS dataset, 'truncated' AS reason, 'cut off' AS message, config_id,"
            + " 'r4' AS run_id, rejected_at FROM VALUES"
            + " ('file:/gan/lost/1.png', 'a', timestamp '2026-01-02 00:00:01'),"
            + " ('file:/gan/lost/1.png', 'b', timestamp '2026-01-02 00:00:01'),"
            + " ('file:/gan/cat/2.png', 'a', timestamp '2026-01-01 00:00:01')"
            + " AS t(path, config_id, rejected_at)",
        night.resolve("rejects"));
    Tables.write(
        "SELECT 'net' AS model, 'real' AS reference, 60L AS n, 0.01D AS p_value, anomaly_score -"
            + " 0.05D AS"
            + " anomaly_score_low, anomaly_score + 0.05D AS anomaly_score_high, * FROM VALUES"
            + " ('r3', 'gan', 'a', 0.25D, timestamp '2026-01-03 01:00:00'),"
            + " ('r1', 'gan', 'a', 0.5D, timestamp '2026-01-01 01:00:00'),"
            + " ('r2', 'gan', 'a', 0.75D, timestamp '2026-01-02 01:00:00'),"
            + " ('r2', 'gan', 'b', 0.125D, timestamp '2026-01-02 01:00:00'),"
            + " ('r0', 'old', 'a', 0.9D, timestamp '2025-12-27 01:00:00')"
            + " AS t(run_id, dataset, config_id, anomaly_score, evaluated_at)",
        night.resolve("evaluations"));
  }

  /** The rows of a result, as values. */
  private List<String[]> rows(int statement) {
    return results.get(statement).lines().map(line -> line.split("\t", -1)).toList();
  }

  @Test
  void describesItself() {
    String text = results.get(0);
    for (String part :
        List.of("Function: anomaly_score", "Usage: anomaly_score(complexity,", "NULL, NaN")) {
      assertTrue(text.contains(part), text);
    }
  }

  @Test
  void everyFunctionGivesTheNumbersOfTheJob() {
    List<String[]> rows = rows(1);
    assertEquals(4, rows.size(), results.get(1));
    String images = Integer.toString(Demo.REFERENCES + Demo.GENERATED);
    for (String[] row : rows) {
      assertEquals(List.of(row).subList(1, 5), List.of(row).subList(5, 9), row[0]);
      assertEquals(List.of(images, images), List.of(row).subList(9, 11), row[0]);
    }
  }

  @Test
  void aWrongCallIsToldWhatIsWrong() {
    assertTrue(
        results.get(2).startsWith("[WRONG_NUM_ARGS.WITHOUT_SUGGESTION]")
            && results.get(2).contains("`anomaly_score` requires 3 parameters"),
        results.get(2));
    assertTrue(
        results.get(3).contains("The `permutations` must be between [1, 1000000]"), results.get(3));
  }

  @Test
  void theWorstImagesAreThoseOfTheDemosGenerators() {
    List<String[]> rows = rows(4);
    assertEquals(20, rows.size(), results.get(4));
    assertEquals(falling(rows), rows.stream().map(row -> Double.valueOf(row[4])).toList());
    // The numbers themselves are compared by a test of the job, whose own they equal.
    for (String[] row : rows) {
      assertEquals(
          List.of("[" + row[6] + "," + row[10] + "]"),
          Tables.sql(
              "SELECT as_i, dataset FROM {0} WHERE dataset <> 'reference' AND path = '"
                  + row[11]
                  + "'",
              demo.tables().resolve("scores")));
      // Blurred scenes differ by a lower AS-i.
      assertEquals(
          row[10].equals("blurred") || row[10].equals("checkerboard"), "true".equals(row[7]));
    }
  }

  private static List<Double> falling(List<String[]> rows) {
    return rows.stream()
        .map(row -> Double.valueOf(row[4]))
        .sorted(Comparator.reverseOrder())
        .toList();
  }

  @Test
  void theWorstImagesAreOfEachConfigurationAndOfLastNightOnly() {
    List<String[]> rows = rows(7);
    assertEquals(40, rows.size(), results.get(7));
    for (int i = 0; i < rows.size(); i++) {
      String[] row = rows.get(i);
      assertEquals(i < 20 ? "a" : "b", row[0]);
      assertEquals(Integer.toString(i % 20 + 1), row[3]);
      assertEquals("gan", row[10]);
      assertTrue(Double.parseDouble(row[9]) < 100, "a score that was replaced: " + row[11]);
      assertTrue(row[5].matches("(C (high|low))?(, )?(V (high|low))?|neither"), row[5]);
    }
    List<Double> ofA = rows.stream().limit(20).map(row -> Double.valueOf(row[4])).toList();
    assertEquals(falling(rows.subList(0, 20)), ofA);
  }

  @Test
  void classesThatTheReferenceLacksAreComparedWithAllOfIt() {
    // The demo's folders are named as its sets, so each is one class: the job's own numbers.
    List<String[]> rows = rows(5);
    assertEquals(4, rows.size(), results.get(5));
    for (int i = 0; i < 4; i++) {
      String[] row = rows.get(i);
      String[] evaluation = rows(1).get(i);
      assertEquals(
          List.of(row[1], "null", "" + Demo.GENERATED, "" + Demo.REFERENCES),
          List.of(row).subList(2, 6));
      assertEquals(List.of(evaluation).subList(0, 3), List.of(row[1], row[6], row[7]));
    }
  }

  @Test
  void classesAreComparedWithTheSameClassOfTheReference() {
    List<String[]> ofA =
        rows(8).stream().filter(row -> row[0].equals("a") && row[1].equals("gan")).toList();
    assertEquals(2, ofA.size(), results.get(8));
    assertEquals(8, rows(8).size() + 2, "gan's two classes and old's one, twice");
    for (String[] row : ofA) {
      boolean cats = row[2].equals("cat");
      assertEquals(
          cats ? List.of("cat", "30", "30") : List.of("null", "30", "60"),
          List.of(row).subList(3, 6));
      assertEquals(List.of(rows(cats ? 10 : 11).get(0)), List.of(row).subList(6, 8), row[2]);
    }
    assertNotEquals(ofA.get(0)[6], ofA.get(1)[6]);
  }

  /** DuckDB takes the last statement of the file, over views of its own. */
  @Test
  void duckDbHasTheSameCurrentScores() throws Exception {
    Python.assume("duckdb");
    String file = Files.readString(QUERIES.resolve("current_scores.sql"));
    String view = file.substring(file.lastIndexOf("CREATE OR REPLACE TEMPORARY VIEW"));
    String found =
        Python.output(
            "import duckdb\ndb = duckdb.connect()\n"
                + duckDbView("scores", "scores/*/*/*.parquet")
                + duckDbView("rejects", "rejects/*.parquet")
                + "db.execute(\"\"\""
                + view
                + "\"\"\")\nfor row in db.execute('SELECT "
                + CURRENT
                + " FROM current_scores ORDER BY ALL').fetchall(): print(*row, sep='\\t')");
    assertEquals(2 * (60 + 60 + 30), rows(12).size());
    assertEquals(results.get(12).strip(), found.strip());
  }

  private static String duckDbView(String name, String files) {
    return "db.execute(\"CREATE VIEW %s AS SELECT * FROM read_parquet('%s', hive_partitioning = true, hive_types_autocast = false)\")\n"
        .formatted(name, night.resolve(files));
  }

  @Test
  void driftIsTheChangeSinceThePreviousRunOfAConfiguration() {
    assertEquals(
        List.of(
            "a 2026-01-01 01:00:00.0 0.5 null",
            "a 2026-01-02 01:00:00.0 0.75 0.25",
            "a 2026-01-03 01:00:00.0 0.25 -0.5",
            "b 2026-01-02 01:00:00.0 0.125 null"),
        rows(9).stream().map(row -> String.join(" ", row[0], row[3], row[5], row[8])).toList());
    assertEquals(1, rows(6).size(), results.get(6));
    assertEquals("" + Demo.GENERATED, rows(6).get(0)[4]);
  }
}
