package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.anomalyscore.stats.Atypicality;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

class UnusualImagesTest extends EvaluatorFixture {

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
}
