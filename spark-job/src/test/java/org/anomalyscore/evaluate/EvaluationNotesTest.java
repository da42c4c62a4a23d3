package org.anomalyscore.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRows;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;

/** What is said beside the numbers, so that nobody takes them for more than they are. */
class EvaluationNotesTest extends EvaluatorFixture {

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
}
