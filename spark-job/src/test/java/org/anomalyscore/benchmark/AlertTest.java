package org.anomalyscore.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlertTest {

  @TempDir Path folder;

  private TableStore store() {
    return new TableStore(TestSpark.session(), folder.toString());
  }

  private static TableRow row(String dataset, double score, double standardError, int day) {
    return TableRow.of(Table.EVALUATIONS)
        .with("run_id", "run" + day)
        .with("evaluated_at", Timestamp.from(Instant.EPOCH.plusSeconds(day * 86_400L)))
        .with("config_id", "c")
        .with("model", "m")
        .with("reference", "real")
        .with("n_reference", 9L)
        .with("dataset", dataset)
        .with("n", 9L)
        .with("images", "images")
        .with("anomaly_score", score)
        .with("anomaly_score_std_err", standardError)
        .with("confidence", 0.95)
        .with("permutations", 1)
        .with("resamples", 1)
        .with("seed", 0L);
  }

  private List<Alert> alerts(TableRow now, Double maxIncrease) {
    return Alert.of(
        store(),
        new Evaluator.Result("c", "m", "real", 9, 9, List.of(now), Map.of(), Map.of(), List.of()),
        maxIncrease);
  }

  private void ended(String runId, String command) {
    store()
        .append(
            Table.RUNS,
            List.of(
                new Run(runId, command, Instant.EPOCH)
                    .row()
                    .with("status", Run.COMPLETE)
                    .with("config_id", "c")
                    .with("configuration", "{}")
                    .toRow()));
  }

  private void before(TableRow... rows) {
    for (TableRow row : rows) {
      store().append(Table.EVALUATIONS, List.of(row.toRow()));
      ended((String) row.get("run_id"), "benchmark");
    }
  }

  @Test
  void theIncreaseMustBeMoreThanTwoDrawsDiffer() {
    before(row("gan", 0.1, 0.01, 1), row("gan", 0.2, 0.03, 2));
    // 1.96 sqrt(0.03^2 + 0.04^2)
    assertEquals(0, alerts(row("gan", 0.297, 0.04, 3), null).size());
    List<Alert> alerts = alerts(row("gan", 0.299, 0.04, 3), null);
    assertEquals(1, alerts.size());
    Alert alert = alerts.get(0);
    assertEquals("interval", alert.rule());
    assertEquals(1.959963984540054 * 0.05, alert.threshold(), 1e-12);
    assertEquals("run2", alert.previousRunId());
    assertEquals(0.099, alert.increase(), 1e-15);
    assertEquals(
        "gan became less natural under m: its Anomaly Score rose from 0.2000 to 0.2990, by more"
            + " than two draws of one generator differ, 0.0980.",
        alert.message());
    // It became more natural.
    assertEquals(0, alerts(row("gan", 0.01, 0.01, 3), null).size());
  }

  @Test
  void aFixedIncreaseCountsWithoutIntervals() {
    before(row("gan", 0.25, Double.NaN, 1));
    assertEquals(0, alerts(row("gan", 0.5, Double.NaN, 2), null).size());
    assertEquals(0, alerts(row("gan", 0.5, 0.01, 2), null).size());
    assertEquals(0, alerts(row("gan", 0.5, Double.NaN, 2), 0.25).size());
    Alert alert = alerts(row("gan", 0.5, Double.NaN, 2), 0.24).get(0);
    assertEquals("fixed", alert.rule());
    assertEquals(0.24, alert.threshold());
  }

  @Test
  void onlyABenchmarkOfTheSameKindIsAPreviousRun() {
    before(
        row("gan", 0.1, 0.01, 1).with("config_id", "other"),
        row("gan", 0.1, 0.01, 1).with("reference", "other"),
        row("gan", 0.1, 0.01, 1).with("reference_images", "other"),
        row("ddpm", 0.1, 0.01, 1));
    TableRow unended = row("gan", 0.1, 0.01, 3);
    store().append(Table.EVALUATIONS, List.of(unended.toRow()));
    ended("run3", "evaluate");
    assertEquals(0, alerts(row("gan", 0.9, 0.01, 4), null).size());
    ended("run3", "benchmark");
    assertEquals(1, alerts(row("gan", 0.9, 0.01, 4), null).size());
  }

  @Test
  void smallerSetsMayScoreHigher() {
    before(row("gan", 0.1, 0.01, 1).with("n", 1000L).with("null_mean", 0.04));
    TableRow small = row("gan", 0.2, 0.01, 2).with("n", 100L).with("null_mean", 0.13);
    assertEquals(0, alerts(small, 0.05).size());
    Alert alert = alerts(small.with("anomaly_score", 0.25), 0.05).get(0);
    assertEquals(0.06, alert.increase(), 1e-12);
    assertTrue(
        alert.message().contains("(of which 0.0900 for the change from 1,000 to 100 images)"),
        alert.message());
  }
}
