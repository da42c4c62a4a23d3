package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.TwoSampleTests;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

class EvaluatorTest extends EvaluatorFixture {

  private String refusal() {
    return assertThrows(
            UserException.class,
            () ->
                new Evaluator(store(), QUICK)
                    .evaluate(Run.start("test"), "real", List.of("bad"), null))
        .getMessage();
  }

  @Test
  @Tag("nightly")
  void setsOfUnfinishedRunsAreRefused() {
    store().append(Table.SCORES, rows("c", "real", 60, 0.5));
    store().append(Table.SCORES, rows("c", "bad", 40, 0.55));
    assertTrue(refusal().contains("bad=no run of it is recorded"), refusal());
    recordRun("real", Run.COMPLETE, Instant.EPOCH);
    recordRun("bad", Run.COMPLETE, Instant.EPOCH);
    assertEquals(
        60,
        new Evaluator(store(), QUICK)
            .evaluate(Run.start("test"), "real", List.of("bad"), null)
            .nReference());
    recordRun("bad", Run.INTERRUPTED, Instant.EPOCH.plusSeconds(1));
    assertTrue(refusal().contains("{bad=its last run is interrupted}"), refusal());
    assertTrue(refusal().contains("--allow-incomplete"), refusal());
    recordRun("bad", Run.COMPLETE, Instant.EPOCH.plusSeconds(2));
    recordRun("real", Run.FAILED, Instant.EPOCH.plusSeconds(3));
    assertTrue(refusal().contains("{real=its last run is failed}"), refusal());
    assertEquals(60, evaluate("bad").nReference());
  }

  @Test
  void aRunUnderWayMakesItsSetIncomplete() {
    store().append(Table.SCORES, rows("c", "real", 60, 0.5));
    store().append(Table.SCORES, rows("c", "bad", 40, 0.55));
    recordRun("real", Run.COMPLETE, Instant.EPOCH);
    recordRun("bad", Run.COMPLETE, Instant.EPOCH);
    TableRow run =
        Run.start("score")
            .row()
            .with("status", Run.INTERRUPTED)
            .with("dataset", "bad")
            .with("config_id", "c")
            .with("configuration", "{}");
    try (Lease lease = store().lease(run, () -> {})) {
      assertTrue(refusal().contains("bad=its last run is not finished"), refusal());
      lease.release();
    }
    assertEquals(
        60,
        new Evaluator(store(), QUICK)
            .evaluate(Run.start("test"), "real", List.of("bad"), null)
            .nReference());
  }

  @Test
  void theSqlFunctionsGiveTheSameBits() {
    for (String dataset : List.of("real", "bad")) {
      List<Row> tied = new ArrayList<>();
      Random random = new Random(dataset.hashCode());
      for (int i = 0; i < 70; i++) {
        // Ties in C, whose order permutations depend on.
        double c = 0.1 * (1 + random.nextInt(dataset.equals("bad") ? 3 : 4));
        double v = 10 + random.nextInt(20);
        tied.add(score("c", dataset, dataset + i, c, v, Instant.EPOCH));
      }
      store().append(Table.SCORES, tied);
    }
    TableRow row = evaluate("bad").rows().get(0);
    assertEquals(
        List.of(
            row.get("anomaly_score"),
            row.get("p_value"),
            row.get("ks_complexity"),
            row.get("ks_vulnerability")),
        CollectionConverters.asJava(
            TestSpark.session()
                .table("parquet.`" + store().location(Table.SCORES) + "`")
                .repartition(5)
                .selectExpr("complexity AS c", "vulnerability AS v", "dataset = 'real' AS r")
                .selectExpr(
                    "anomaly_score(c, v, r)",
                    "anomaly_score_p_value(c, v, r, 100, 5)",
                    "ks_statistic(c, r)",
                    "ks_statistic(v, r)")
                .first()
                .toSeq()));
  }

  @Test
  void scoresEqualTheStatisticsOnTheSameRows() {
    List<Row> real = rows("c", "real", 60, 0.5);
    List<Row> bad = rows("c", "bad", 40, 0.55);
    store().append(Table.SCORES, real);
    store().append(Table.SCORES, bad);
    TableRow row = evaluate("bad").rows().get(0);
    double[][] r = columns(real);
    double[][] g = columns(bad);
    AnomalyScore expected = AnomalyScore.of(r[0], r[1], g[0], g[1], QUICK);
    assertEquals(expected.d(), row.get("anomaly_score"));
    assertEquals(expected.asymptoticP(), (Double) row.get("p_value_asymptotic"), 1e-12);
    assertEquals(60L, row.get("n_reference"));
    assertEquals(40L, row.get("n"));
    // Each test's column holds that test: a swap of two columns would show here.
    TwoSampleTests tests = TwoSampleTests.of(r[1], g[1]);
    assertEquals(tests.ks(), row.get("ks_vulnerability"));
    assertEquals(tests.tP(), (Double) row.get("welch_p_vulnerability"), 1e-12);
    assertEquals(tests.tGreaterP(), (Double) row.get("welch_p_greater_vulnerability"), 1e-12);
    assertEquals(tests.tLessP(), (Double) row.get("welch_p_less_vulnerability"), 1e-12);
    assertEquals(tests.uP(), (Double) row.get("mann_whitney_p_vulnerability"), 1e-12);
    assertEquals(
        tests.uGreaterP(), (Double) row.get("mann_whitney_p_greater_vulnerability"), 1e-12);
    assertEquals(TwoSampleTests.of(r[0], g[0]).u(), row.get("mann_whitney_u_complexity"));
    double sum = 0;
    for (double c : g[0]) {
      sum += c;
    }
    assertEquals(sum / 40, (Double) row.get("mean_complexity"), 1e-12);
  }

  @Test
  void onlyTheImagesAsTheyAreNowCount() {
    List<Row> rows = rows("c", "real", 5, 0.5);
    store().append(Table.SCORES, rows);
    store()
        .append(
            Table.SCORES,
            List.of(score("c", "real", "real1", 0.7, 9, Instant.EPOCH.plusSeconds(5))));
    for (String[] reject :
        new String[][] {{"real2", "truncated"}, {"real3", "unreadable"}, {"real1", "empty"}}) {
      store()
          .append(
              Table.REJECTS,
              List.of(
                  TableRow.of(Table.REJECTS)
                      .with("path", reject[0])
                      .with("dataset", "real")
                      .with("reason", reject[1])
                      .with("message", "m")
                      .with("config_id", "c")
                      .with("run_id", "r")
                      .with("rejected_at", Timestamp.from(Instant.EPOCH.plusSeconds(3)))
                      .toRow()));
    }
    // real2 became a damaged file and real3 one that cannot be read; real1 was one before it got
    // its newest score.
    assertEquals(
        List.of("real0", "real1", "real4"), paths(CurrentScores.of(store(), "c", "real", null)));
    Dataset<Row> present =
        TestSpark.session()
            .createDataset(List.of("real1", "real2", "real4", "real9"), Encoders.STRING())
            .toDF("path");
    Dataset<Row> current = CurrentScores.of(store(), "c", "real", present);
    assertEquals(List.of("real1", "real4"), paths(current));
    assertEquals(0.7, current.where("path = 'real1'").first().getDouble(1));
  }

  private static List<String> paths(Dataset<Row> rows) {
    return rows.select("path").as(Encoders.STRING()).orderBy("path").collectAsList();
  }

  @Test
  void aSetWithoutScoresTakesNoOtherWithIt() {
    store().append(Table.SCORES, rows("c", "real", 60, 0.5));
    store().append(Table.SCORES, rows("c", "bad", 40, 0.55));
    Evaluator.Result result =
        new Evaluator(store(), QUICK)
            .evaluateEach(
                Run.start("test"),
                "c",
                "m",
                new Images("real", null),
                List.of(new Images("gone", null), new Images("bad", null)),
                Map.of("empty", "no images"));
    assertEquals(List.of("bad"), result.rows().stream().map(row -> row.get("dataset")).toList());
    assertEquals(Set.of("empty", "gone"), result.failed().keySet());
    assertTrue(result.failed().get("gone").contains("has no rows of data set 'gone'"));
    assertEquals(evaluate("bad").rows().get(0).get("p_value"), result.rows().get(0).get("p_value"));
  }

  @Test
  void resultsDoNotDependOnTheTablesFiles() {
    List<Row> rows = new ArrayList<>(rows("c", "real", 50, 0.5));
    rows.addAll(rows("c", "bad", 50, 0.52));
    store().append(Table.SCORES, rows);
    TableRow first = evaluate("bad").rows().get(0);
    store = new TableStore(TestSpark.session(), folder.resolve("other").toString());
    Collections.shuffle(rows, new Random(1));
    for (int part = 0; part < 4; part++) {
      store.append(Table.SCORES, rows.subList(25 * part, 25 * part + 25));
    }
    TableRow second = evaluate("bad").rows().get(0);
    for (String column :
        List.of("anomaly_score", "anomaly_score_low", "anomaly_score_high", "p_value")) {
      assertEquals(first.get(column), second.get(column), column);
    }
  }

  @Test
  void theBestStandsFirstAndEachRowFitsTheTable() {
    store().append(Table.SCORES, rows("c", "real", 60, 0.5));
    store().append(Table.SCORES, rows("c", "far", 60, 0.8));
    store().append(Table.SCORES, rows("c", "near", 60, 0.5));
    Evaluator.Result result = evaluate("far", "near");
    assertEquals(
        List.of("near", "far"), result.rows().stream().map(r -> r.get("dataset")).toList());
    store().append(Table.EVALUATIONS, result.rows().stream().map(TableRow::toRow).toList());
    assertEquals(2, store().read(Table.EVALUATIONS).count());
    String board = Leaderboard.render(result);
    assertTrue(board.indexOf("near") < board.indexOf("far"), board);
  }

  @Test
  void theNewestScoreOfAPathCounts() {
    store().append(Table.SCORES, rows("c", "real", 10, 0.5));
    store().append(Table.SCORES, List.of(score("c", "g", "x.png", 0.9, 9, Instant.EPOCH)));
    store()
        .append(
            Table.SCORES, List.of(score("c", "g", "x.png", 0.5, 5, Instant.EPOCH.plusSeconds(1))));
    TableRow row = evaluate("g").rows().get(0);
    assertEquals(1L, row.get("n"));
    assertEquals(0.5, row.get("mean_complexity"));
    // One row has no variance: undefined is NULL, not a number.
    assertNull(row.get("welch_t_complexity"));
  }

  @Test
  void withoutResamplingItsColumnsAreNull() {
    store().append(Table.SCORES, rows("c", "real", 10, 0.5));
    store().append(Table.SCORES, rows("c", "g", 10, 0.5));
    TableRow row =
        new Evaluator(store(), new AnomalyScore.Options(0, 0, 0, 0.95))
            .allowIncomplete(true)
            .evaluate(Run.start("test"), "real", List.of("g"), null)
            .rows()
            .get(0);
    assertNull(row.get("p_value"));
    assertNull(row.get("anomaly_score_low"));
    assertNull(row.get("null_mean"));
  }

  @Test
  void configurationsAreNeverMixed() {
    store().append(Table.SCORES, rows("c1", "real", 10, 0.5));
    store().append(Table.SCORES, rows("c2", "g", 10, 0.5));
    assertRefused("No configuration", "c1", "c2", "real", "g");
    store().append(Table.SCORES, rows("c1", "g", 10, 0.5));
    assertEquals("c1", evaluate("g").configId());
    assertEquals("net-c1", evaluate("g").model());
    store().append(Table.SCORES, rows("c2", "real", 10, 0.5));
    assertRefused("several configurations", "--config-id");
    assertEquals(
        "c2",
        new Evaluator(store(), QUICK)
            .allowIncomplete(true)
            .evaluate(Run.start("test"), "real", List.of("g"), "c2")
            .configId());
  }

  @Test
  void missingAndRepeatedSetsAreTold() {
    assertRefused("There are no scores", "--scores");
    store().append(Table.SCORES, rows("c", "real", 10, 0.5));
    assertRefused("No configuration", "real");
    String message = assertThrows(UserException.class, () -> evaluate("real")).getMessage();
    assertTrue(message.contains("named twice"), message);
  }

  private void assertRefused(String... parts) {
    String message = assertThrows(UserException.class, () -> evaluate("g")).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }
}
