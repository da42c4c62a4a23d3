package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tables remember of earlier nights. */
class AlertBookTest {

  @TempDir Path folder;

  private TableStore store() {
    return new TableStore(TestSpark.session(), folder.toString());
  }

  private AlertBook book(String baseline, String... generators) {
    return new AlertBook(
        store(),
        new BenchmarkManifest(
            List.of("m.pt"),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            new NamedImages("real", "photos"),
            Arrays.stream(generators)
                .map(name -> new BenchmarkManifest.Generator(name, "images", null, null, null))
                .toList(),
            new BenchmarkManifest.Outputs(folder.toString(), "l", "a"),
            new BenchmarkManifest.Thresholds(null, null, null, baseline, null, null),
            null,
            null));
  }

  private static Instant at(int day) {
    return Instant.EPOCH.plusSeconds(day * 86_400L);
  }

  private static TableRow row(String dataset, double score, int day) {
    return TableRow.of(Table.EVALUATIONS)
        .with("run_id", "run" + day)
        .with("evaluated_at", Timestamp.from(at(day)))
        .with("config_id", "c")
        .with("model", "m")
        .with("reference", "real")
        .with("reference_images", "photos")
        .with("n_reference", 9L)
        .with("dataset", dataset)
        .with("n", 9L)
        .with("images", "images")
        .with("anomaly_score", score)
        .with("anomaly_score_std_err", 0.01)
        .with("confidence", 0.95)
        .with("permutations", 1)
        .with("resamples", 1)
        .with("seed", 0L);
  }

  private void ended(int day, String command) {
    store()
        .append(
            Table.RUNS,
            List.of(
                new Run("run" + day, command, at(day))
                    .row()
                    .with("status", Run.COMPLETE)
                    .with("config_id", "c")
                    .with("configuration", "{}")
                    .toRow()));
  }

  /** Judges a night and keeps it, as benchmark does; without its run it was killed. */
  private List<TableRow> night(
      AlertBook book, int day, Map<String, String> failed, TableRow... rows) {
    Run run = new Run("run" + day, "benchmark", at(day));
    Evaluator.Result result =
        new Evaluator.Result("c", "m", "real", 9, 9, List.of(rows), failed, Map.of(), List.of());
    List<TableRow> states = book.judge(List.of(new AlertBook.Evaluated(run, result))).get(0);
    store().append(Table.EVALUATIONS, Stream.of(rows).map(TableRow::toRow).toList());
    store().append(Table.ALERTS, states.stream().map(TableRow::toRow).toList());
    return states;
  }

  private List<String> states(List<TableRow> rows) {
    return rows.stream().map(row -> row.get("dataset") + " " + row.get("state")).toList();
  }

  @Test
  void onlyABenchmarkOfTheSameKindThatEndedIsAPast() {
    store()
        .append(
            Table.EVALUATIONS,
            Stream.of(
                    row("gan", 0.1, 1).with("config_id", "other"),
                    row("gan", 0.1, 1).with("reference", "other"),
                    row("gan", 0.1, 1).with("reference_images", "other"),
                    row("ddpm", 0.1, 1),
                    row("gan", 0.1, 2))
                .map(TableRow::toRow)
                .toList());
    ended(1, "benchmark");
    ended(2, "evaluate");
    AlertBook book = book("previous", "gan", "ddpm");
    assertEquals(List.of("gan new"), states(night(book, 3, Map.of(), row("gan", 0.9, 3))));
    // The third night was killed before it wrote its run: neither its rows nor its state count.
    assertEquals(List.of("gan new"), states(night(book, 4, Map.of(), row("gan", 0.5, 4))));
    ended(4, "benchmark");
    assertEquals(List.of("gan regressed"), states(night(book, 5, Map.of(), row("gan", 0.9, 5))));
  }

  @Test
  void theStatesOfAYearOfAGenerator() {
    AlertBook book = book("median-of 7", "gan");
    List<TableRow> rows = night(book, 1, Map.of(), row("gan", 0.2, 1), row("ddpm", 0.3, 1));
    assertEquals(List.of("gan new", "ddpm new"), states(rows));
    ended(1, "benchmark");
    rows = night(book, 2, Map.of(), row("gan", 0.4, 2));
    assertEquals(List.of("gan regressed", "ddpm stale"), states(rows));
    assertEquals(Timestamp.from(at(1)), rows.get(1).get("since"));
    assertEquals("new", rows.get(1).get("previous_state"));
    ended(2, "benchmark");
    rows = night(book, 3, Map.of("gan", "There is no image."));
    assertEquals(List.of("gan failed", "ddpm stale"), states(rows));
    assertEquals("There is no image.", rows.get(0).get("message"));
    ended(3, "benchmark");
    rows = night(book, 4, Map.of(), row("gan", 0.41, 4));
    assertEquals("gan still_regressed", states(rows).get(0));
    assertEquals(Timestamp.from(at(2)), rows.get(0).get("since"));
    assertEquals("failed", rows.get(0).get("previous_state"));
    ended(4, "benchmark");
    rows = book.acknowledge("gan", Map.of("c", "m", "other", "m2"));
    assertEquals(List.of("gan acknowledged"), states(rows));
    assertEquals(Timestamp.from(at(2)), rows.get(0).get("since"));
    // Acknowledged now, which is after all these days of 1970.
    History history = History.read(store(), "c", "real", "photos").get("gan");
    assertEquals(2, history.good().size());
    assertEquals(3, history.all().size());
  }

  @Test
  void aSetThatIsLongGoneIsNotSpokenOf() {
    AlertBook book = book("previous", "gan");
    night(book, 1, Map.of(), row("gan", 0.2, 1), row("ddpm", 0.3, 1));
    ended(1, "benchmark");
    store()
        .append(
            Table.EVALUATIONS,
            Stream.iterate(2, day -> day + 1)
                .limit(30)
                .map(day -> row("gan", 0.2, day).with("run_id", "run1").toRow())
                .toList());
    assertEquals(List.of("gan ok"), states(night(book, 40, Map.of(), row("gan", 0.2, 40))));
  }

  @Test
  void acknowledgingWhatIsNotOpenIsRefused() {
    AlertBook book = book("best", "gan");
    night(book, 1, Map.of(), row("gan", 0.2, 1));
    ended(1, "benchmark");
    assertRefused(book, "gan", "There is nothing to acknowledge: gan has no open alert in ");
    assertRefused(book, "gam", "the manifest names no such generator");
    assertRefused(book("pinned run1", "gan"), "gan", "its baseline is pinned");
  }

  private void assertRefused(AlertBook book, String generator, String part) {
    String message =
        assertThrows(UserException.class, () -> book.acknowledge(generator, Map.of("c", "m")))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void aPinnedRunMustBeThereUnderEachModel() {
    ended(1, "benchmark");
    ended(2, "evaluate");
    book("pinned run1 run7", "gan").requirePinnedRuns(Map.of("c", "m"));
    for (AlertBook book : List.of(book("pinned run2", "gan"), book("pinned run7", "gan"))) {
      assertThrows(UserException.class, () -> book.requirePinnedRuns(Map.of("c", "m")));
    }
    String message =
        assertThrows(
                UserException.class,
                () -> book("pinned run1", "gan").requirePinnedRuns(Map.of("c", "m", "d", "n")))
            .getMessage();
    assertTrue(message.contains("under the configuration d of the model n"), message);
  }

  @Test
  void theSummaryOfTheNightIsInTheOrderOfItsNews() {
    assertEquals(
        "1 regressed, 2 failed, 1 ok",
        AlertState.summary(
            List.of(AlertState.OK, AlertState.FAILED, AlertState.REGRESSED, AlertState.FAILED)));
  }
}
