package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.anomalyscore.TestSpark;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.Atypicality;
import org.anomalyscore.stats.TwoSampleTests;
import org.anomalyscore.storage.Json;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Lease;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

class EvaluatorTest {

  private static final AnomalyScore.Options QUICK = new AnomalyScore.Options(5, 100, 100, 0.9);

  @TempDir Path folder;

  private TableStore store;

  private TableStore store() {
    if (store == null) {
      store = new TableStore(TestSpark.session(), folder.toString());
    }
    return store;
  }

  private static Row score(
      String config, String dataset, String path, double c, double v, Instant time) {
    return ScoreRows.of(dataset, path, c, v)
        .with("model", "net-" + config)
        .with("scored_at", Timestamp.from(time))
        .with("config_id", config)
        .toRow();
  }

  /** The same row with standard errors of a tenth of C, a twentieth of V and a fifth of AS-i. */
  private static Row withErrors(Row row) {
    TableRow copy = ScoreRows.copy(row);
    return copy.with("complexity_std_err", (Double) copy.get("complexity") / 10)
        .with("vulnerability_std_err", (Double) copy.get("vulnerability") / 20)
        .with("as_i_std_err", (Double) copy.get("as_i") / 5)
        .toRow();
  }

  private static List<Row> withErrors(List<Row> rows) {
    return rows.stream().map(EvaluatorTest::withErrors).toList();
  }

  @Test
  void theRepeatabilityOfEachSetIsThatOfItsErrors() {
    List<Row> real = withErrors(rows("c", "real", 60, 0.5));
    List<Row> bad = withErrors(rows("c", "bad", 40, 0.55));
    store().append(Table.SCORES, real);
    store().append(Table.SCORES, bad);
    store().append(Table.SCORES, rows("c", "one-draw", 30, 0.5));
    Evaluator.Result result = evaluate("bad", "one-draw");
    TableRow row =
        result.rows().stream()
            .filter(r -> r.get("dataset").equals("bad"))
            .findFirst()
            .orElseThrow();
    for (String measure : List.of("complexity", "vulnerability", "as_i")) {
      assertEquals(
          repeatability(bad, measure),
          (Double) row.get("repeatability_" + measure),
          1e-12,
          measure);
      assertEquals(
          repeatability(real, measure),
          (Double) row.get("reference_repeatability_" + measure),
          1e-12,
          measure);
    }
    String board = Leaderboard.render(result);
    assertTrue(board.contains("AS-i repeatability"), board);
    String warned =
        "NOTE: The order of single images is mostly chance in real (%s), bad (%s): the least"
            .formatted(least(real), least(bad));
    assertTrue(board.contains(warned), board);
    TableRow unknown =
        result.rows().stream()
            .filter(r -> r.get("dataset").equals("one-draw"))
            .findFirst()
            .orElseThrow();
    assertNull(unknown.get("repeatability_as_i"));
    assertEquals(
        row.get("reference_repeatability_as_i"), unknown.get("reference_repeatability_as_i"));
  }

  /** Some rows are of a version that wrote no errors. */
  @Test
  void withoutAllErrorsTheRepeatabilityIsNotKnown() {
    store().append(Table.SCORES, withErrors(rows("c", "real", 60, 0.5)));
    store().append(Table.SCORES, withErrors(rows("c", "bad", 40, 0.55)));
    store()
        .append(
            Table.SCORES, List.of(score("c", "bad", "bad3", 0.6, 9, Instant.EPOCH.plusSeconds(5))));
    Evaluator.Result result = evaluate("bad");
    assertNull(result.rows().get(0).get("repeatability_as_i"));
    assertNull(result.rows().get(0).get("repeatability_complexity"));
    assertNotNull(result.rows().get(0).get("reference_repeatability_complexity"));
    assertFalse(Leaderboard.render(result).contains("AS-i repeatability"));
  }

  private static String least(List<Row> rows) {
    Map<String, String> symbols = Map.of("complexity", "C", "vulnerability", "V", "as_i", "AS-i");
    String measure =
        Collections.min(
            symbols.keySet(), Comparator.comparingDouble(name -> repeatability(rows, name)));
    return "%s %.2f".formatted(symbols.get(measure), repeatability(rows, measure));
  }

  private static double repeatability(List<Row> rows, String measure) {
    int value = Table.SCORES.schema().fieldIndex(measure);
    int error = Table.SCORES.schema().fieldIndex(measure + "_std_err");
    double mean = rows.stream().mapToDouble(row -> row.getDouble(value)).sum() / rows.size();
    double squares =
        rows.stream().mapToDouble(row -> Math.pow(row.getDouble(value) - mean, 2)).sum();
    double errors = rows.stream().mapToDouble(row -> Math.pow(row.getDouble(error), 2)).sum();
    return 1 - errors / rows.size() / (squares / (rows.size() - 1));
  }

  /** {@code n} rows around a centre; the same name gives the same rows. */
  private static List<Row> rows(String config, String dataset, int n, double centre) {
    return rows(config, dataset, n, centre, Instant.EPOCH);
  }

  private static List<Row> rows(String config, String dataset, int n, double centre, Instant time) {
    Random random = new Random(dataset.hashCode());
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      rows.add(
          score(
              config,
              dataset,
              dataset + i,
              centre + 0.1 * random.nextDouble(),
              10 * centre + random.nextGaussian(),
              time));
    }
    return rows;
  }

  private Evaluator.Result evaluate(String... generated) {
    return new Evaluator(store(), QUICK)
        .allowIncomplete(true)
        .evaluate(Run.start("test"), "real", List.of(generated), null);
  }

  private void recordRun(String dataset, String status, Instant time) {
    store()
        .append(
            Table.RUNS,
            List.of(
                Run.start("score")
                    .row()
                    .with("status", status)
                    .with("started_at", Timestamp.from(time))
                    .with("dataset", dataset)
                    .with("config_id", "c")
                    .with("configuration", "{}")
                    .toRow()));
  }

  private void scoredIn(String dataset, Instant time, String... arithmetic) {
    store().append(Table.SCORES, rows("c", dataset, 20, 0.5, time));
    store()
        .append(
            Table.RUNS,
            List.of(
                Run.start("score")
                    .row()
                    .with("status", Run.COMPLETE)
                    .with("started_at", Timestamp.from(time))
                    .with("dataset", dataset)
                    .with("config_id", "c")
                    .with("configuration", "{}")
                    .with("arithmetic", arithmetic.length == 0 ? null : Json.write(arithmetic))
                    .toRow()));
  }

  @Test
  void scoresOfSeveralFloat32ArithmeticsAreNoted() {
    String here = "float32, cpu AVX512 GenuineIntel, PyTorch 2.7.1";
    String there = "float32, cpu AVX2 AuthenticAMD, PyTorch 2.7.1";
    scoredIn("real", Instant.EPOCH, here);
    scoredIn("same", Instant.EPOCH.plusSeconds(1), here);
    scoredIn("older", Instant.EPOCH.plusSeconds(2));
    assertFalse(Leaderboard.render(evaluate("same", "older")).contains("NOTE"));
    scoredIn("mixed", Instant.EPOCH.plusSeconds(3), here, there);
    Evaluator.Result result = evaluate("same", "older", "mixed");
    TableRow row =
        result.rows().stream()
            .filter(r -> r.get("dataset").equals("mixed"))
            .findFirst()
            .orElseThrow();
    assertEquals(Json.write(List.of(there, here)), row.get("arithmetic"));
    assertEquals(Json.write(List.of(here)), row.get("reference_arithmetic"));
    String board = Leaderboard.render(result);
    assertTrue(board.contains("NOTE: these scores were computed in different float32"), board);
    assertTrue(
        board.contains("  " + there + ": mixed\n  " + here + ": mixed, real, same\n"), board);
    assertEquals(board.indexOf("NOTE"), board.lastIndexOf("NOTE"));
    assertEquals(Leaderboard.notes(result), EvaluateResult.json(result).get("notes"));
    // Scored again elsewhere, row by row: those of before count no more.
    scoredIn("mixed", Instant.EPOCH.plusSeconds(4), here);
    assertFalse(Leaderboard.render(evaluate("same", "mixed")).contains("NOTE"));
  }

  @Test
  void scoresInFloat64AreTheSameEverywhereAndNotNoted() {
    scoredIn("real", Instant.EPOCH, "float64, cpu AVX512 GenuineIntel, PyTorch 2.7.1");
    scoredIn("same", Instant.EPOCH.plusSeconds(1), "float64, cpu AVX2 AuthenticAMD, PyTorch 2.7.1");
    Evaluator.Result result = evaluate("same");
    assertNotEquals(
        result.rows().get(0).get("arithmetic"), result.rows().get(0).get("reference_arithmetic"));
    assertFalse(Leaderboard.render(result).contains("NOTE"));
    assertEquals(List.of(), EvaluateResult.json(result).get("notes"));
  }

  private String refusal() {
    return assertThrows(
            UserException.class,
            () ->
                new Evaluator(store(), QUICK)
                    .evaluate(Run.start("test"), "real", List.of("bad"), null))
        .getMessage();
  }

  @Test
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

  private static double[][] columns(List<Row> rows) {
    double[][] columns = new double[2][rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      columns[0][i] = rows.get(i).getDouble(4);
      columns[1][i] = rows.get(i).getDouble(5);
    }
    return columns;
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

  /** Rows of the demo's kind; every k-th lies far out. */
  private static List<Row> normal(String dataset, int n, long seed, int k) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double a = random.nextGaussian();
      double c = Math.exp(-2 + 0.2 * a);
      double v = Math.exp(3 + 0.1 * (random.nextGaussian() - a));
      boolean odd = k > 0 && i % k == 0;
      rows.add(score("c", dataset, dataset + i, odd ? 0.5 : c, odd ? 10 : v, Instant.EPOCH));
    }
    return rows;
  }

  @Test
  void unusualImagesAreFlaggedAndNamed() {
    store().append(Table.SCORES, normal("real", 300, 1, 0));
    store().append(Table.SCORES, normal("odd", 100, 2, 10));
    store().append(Table.SCORES, normal("fine", 100, 3, 0));
    List<Row> kept = new ArrayList<>();
    Evaluator.Result result =
        new Evaluator(store(), QUICK)
            .allowIncomplete(true)
            .perImage(rows -> kept.addAll(rows.collectAsList()))
            .evaluate(Run.start("test"), "real", List.of("odd", "fine"), null);
    TableRow odd =
        result.rows().stream().filter(r -> r.get("dataset").equals("odd")).findFirst().get();
    assertEquals(0.1, (Double) odd.get("flagged"), 0.02);
    assertEquals(0.05, odd.get("flag_fdr"));
    assertEquals(Set.of("odd"), result.unusual().keySet());
    List<UnusualImage> worst = result.unusual().get("odd");
    // Ten lie at one place, of which the first paths are shown.
    assertEquals(
        List.of("odd0", "odd10", "odd20", "odd30", "odd40"),
        worst.stream().map(UnusualImage::path).toList());
    assertEquals("C high, V low", worst.get(0).direction());
    assertNull(worst.get(0).complexityStdErr(), "one draw");
    assertEquals(1 / 301.0, worst.get(0).pValue());
    assertEquals(200, kept.size());
    long flagged =
        kept.stream()
            .filter(r -> r.getAs("dataset").equals("odd") && r.<Double>getAs("q_value") <= 0.05)
            .count();
    assertEquals(odd.get("flagged"), flagged / 100.0);
    String board = Leaderboard.render(result);
    assertTrue(
        board.contains(flagged + " of 100 images are flagged at a false discovery rate of 5 %"),
        board);
    assertTrue(board.contains("  odd0 (atypicality "), board);
    assertTrue(board.contains("of fine."), board);
    // At another rate.
    assertEquals(
        Map.of(),
        new Evaluator(store(), QUICK)
            .allowIncomplete(true)
            .flagRate(0.001)
            .evaluate(Run.start("test"), "real", List.of("odd"), null)
            .unusual());
  }

  @Test
  void aSmallReferenceCanFlagNothing() {
    store().append(Table.SCORES, normal("real", 12, 1, 0));
    store().append(Table.SCORES, normal("odd", 10, 2, 1));
    String board = Leaderboard.render(evaluate("odd"));
    assertTrue(board.contains("that takes at least 19 reference images."), board);
  }

  /** Reference images without a logarithm are not counted by. */
  @Test
  void ofAReferenceOnlyImagesWithAtypicalityCount() {
    double[][] real = columns(normal("real", 19, 1, 0));
    real[0][7] = Double.NaN;
    Atypicality atypicality = Atypicality.of(real[0], real[1]);
    Evaluator.Result result =
        new Evaluator.Result(
            "c",
            "m",
            "real",
            19,
            atypicality.referenceCount(),
            new ArrayList<>(List.of(row("g", 0.0))),
            Map.of(),
            Map.of(),
            List.of());
    String board = Leaderboard.render(result);
    assertTrue(board.contains("that takes at least 19 reference images."), board);
  }

  private static TableRow row(String dataset, Double flagged) {
    return TableRow.of(Table.EVALUATIONS)
        .with("reference", "real")
        .with("dataset", dataset)
        .with("n", 10L)
        .with("anomaly_score", 0.5)
        .with("flagged", flagged)
        .with("flag_fdr", 0.05);
  }

  @Test
  void withoutAScatterImagesCannotBeJudged() {
    List<Row> real = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      real.add(score("c", "real", "real" + i, 0.1, 20 + 0.1 * i, Instant.EPOCH));
    }
    store().append(Table.SCORES, real);
    store().append(Table.SCORES, normal("odd", 10, 2, 1));
    Evaluator.Result result = evaluate("odd");
    assertEquals(0, result.nJudging());
    assertNull(result.rows().get(0).get("flagged"));
    String board = Leaderboard.render(result);
    assertTrue(board.contains("cannot be judged: the reference has no scatter"), board);
    assertFalse(board.contains("No image is flagged"), board);
    Row row = result.rows().get(0).toRow();
    store().append(Table.EVALUATIONS, List.of(row));
    assertEquals(
        "Single images cannot be judged: the reference has no scatter.",
        EvaluationText.flagged(store().read(Table.EVALUATIONS).first()));
  }

  @Test
  void anImageWithoutVulnerabilityIsTheMostUnusual() {
    store().append(Table.SCORES, normal("real", 100, 1, 0));
    List<Row> still = normal("still", 10, 2, 0);
    still.set(3, withErrors(score("c", "still", "still3", 0.13, 0, Instant.EPOCH)));
    store().append(Table.SCORES, still);
    List<Row> kept = new ArrayList<>();
    Evaluator.Result result =
        new Evaluator(store(), QUICK)
            .allowIncomplete(true)
            .flagRate(0.1)
            .perImage(rows -> kept.addAll(rows.collectAsList()))
            .evaluate(Run.start("test"), "real", List.of("still"), null);
    UnusualImage worst = result.unusual().get("still").get(0);
    assertEquals("still3", worst.path());
    assertEquals(Double.POSITIVE_INFINITY, worst.atypicality());
    assertEquals(1 / 101.0, worst.pValue());
    assertEquals("V low", worst.direction());
    assertEquals(
        List.of("still3"),
        kept.stream()
            .filter(row -> Double.isInfinite(row.<Double>getAs("atypicality")))
            .map(row -> row.<String>getAs("path"))
            .toList());
    assertTrue(
        Leaderboard.render(result)
            .contains("still3 (atypicality Infinity, V low: C 0.1300 +- 0.013, V 0.000 +- 0.0)"));
  }

  /** As where a score run commits between the judgement of a set and the rows of its images. */
  @Test
  void anImageThatTheSetWasNotJudgedWithHasAQValueToo() {
    double[][] real = columns(normal("real", 100, 1, 0));
    UnusualImages judged =
        new UnusualImages(
            Atypicality.of(real[0], real[1]), new double[] {0.2, 0.6}, new double[] {0.4, 0.6}, 0);
    assertEquals(0.4, judged.qValue(0.2));
    assertEquals(0.4, judged.qValue(0.1));
    assertEquals(0.6, judged.qValue(0.3));
    assertEquals(0.9, judged.qValue(0.9));
  }

  /** Differs by a higher complexity, and so has a lower AS-i; the other set differs otherwise. */
  @Test
  void theDirectionOfAsIIsChecked() {
    store().append(Table.SCORES, rows("c", "real", 200, 0.5));
    store().append(Table.SCORES, rows("c", "alike", 200, 0.5));
    List<Row> low = new ArrayList<>();
    List<Row> high = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      low.add(score("c", "low", "low" + i, 0.8 + 0.001 * i, 5 + 0.01 * i, Instant.EPOCH));
      high.add(score("c", "high", "high" + i, 0.3 + 0.001 * i, 5 + 0.01 * i, Instant.EPOCH));
    }
    store().append(Table.SCORES, low);
    store().append(Table.SCORES, high);
    String board = Leaderboard.render(evaluate("low", "high", "alike"));
    assertTrue(
        board.contains("AS-i ranks the wrong way under this feature model for low (6."), board);
    assertFalse(board.contains(", high ("), board);
    assertFalse(Leaderboard.render(evaluate("high", "alike")).contains("wrong way"));
  }

  @Test
  void filesOfAnotherKindAreWarnedOf() {
    store().append(Table.SCORES, files("real", 60, "jpeg", 640, 480));
    store().append(Table.SCORES, files("same", 40, "jpeg", 640, 480));
    store().append(Table.SCORES, files("other", 40, "png", 512, 512));
    Evaluator.Result result = evaluate("same", "other");
    assertEquals(1, result.warnings().size(), result.warnings()::toString);
    assertEquals(
        "WARNING: the files of other differ from those of real in format (100 % png against 100 %"
            + " jpeg); size (100 % 512 x 512 against 100 % 640 x 480); aspect (100 % square against"
            + " 100 % landscape). Such differences alone can make any score: bring both to one kind"
            + " before you score them.",
        result.warnings().get(0));
    assertTrue(Leaderboard.render(result).contains(result.warnings().get(0)));
    // Rows of before there was the column say nothing of formats.
    store().append(Table.SCORES, files("old", 40, null, 640, 480));
    assertEquals(List.of(), evaluate("old").warnings());
  }

  private static List<Row> files(String dataset, int n, String format, int width, int height) {
    List<Row> rows = new ArrayList<>();
    for (Row row : rows("c", dataset, n, 0.5)) {
      rows.add(
          ScoreRows.copy(row)
              .with("format", format)
              .with("width", width)
              .with("height", height)
              .toRow());
    }
    return rows;
  }

  @Test
  void photographsOfManySizesAreAlike() {
    List<FileDifferences.Kind> some = new ArrayList<>();
    List<FileDifferences.Kind> others = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      some.add(new FileDifferences.Kind("jpeg", 500 + 3 * i, 400 + i, 1));
      others.add(new FileDifferences.Kind("jpeg", 501 + 3 * i, 401 + i, 2));
    }
    assertNull(new FileDifferences(some).warning("a", "b", new FileDifferences(others)));
    others.addAll(List.of(new FileDifferences.Kind("jpeg", 90, 90, 100)));
    String warning = new FileDifferences(some).warning("a", "b", new FileDifferences(others));
    assertTrue(
        warning.contains("aspect (67 % landscape, 33 % square against 100 % landscape)"), warning);
    assertTrue(warning.contains("33 % 64 to 127 pixels a side"), warning);
    assertFalse(warning.contains("format"), warning);
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
