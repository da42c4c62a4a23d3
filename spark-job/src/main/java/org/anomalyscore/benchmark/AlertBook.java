package org.anomalyscore.benchmark;

import static org.apache.spark.sql.functions.col;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.AlertState;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/** What the tables remember of a manifest's generators, and what a night adds to it. */
final class AlertBook {

  /** A set that no manifest named for so many nights is not spoken of any more. */
  private static final int STALE_NIGHTS = 30;

  private final TableStore store;
  private final BenchmarkManifest manifest;

  AlertBook(TableStore store, BenchmarkManifest manifest) {
    this.store = store;
    this.manifest = manifest;
  }

  /** A night under one model. */
  record Evaluated(Run run, Evaluator.Result result) {}

  /**
   * Fails before any work if a model has no pinned run.
   *
   * @param models the names of their files, by config_id
   */
  void requirePinnedRuns(Map<String, String> models) {
    BaselineRule rule = manifest.thresholds().baselineRule();
    if (rule.kind() != BaselineRule.Kind.PINNED) {
      return;
    }
    Set<String> pinned = new HashSet<>();
    for (Row row :
        store
            .read(Table.RUNS)
            .where(
                col("command")
                    .equalTo("benchmark")
                    .and(col("run_id").isin(rule.runIds().toArray())))
            .select("config_id")
            .collectAsList()) {
      pinned.add(row.getString(0));
    }
    models.forEach(
        (configId, model) -> {
          if (!pinned.contains(configId)) {
            throw new UserException(
                "thresholds.baseline is '%s', but none of these is a run of benchmark in %s under the"
                        .formatted(rule.text(), store.location(Table.RUNS))
                    + " configuration %s of the model %s. Name one run for each model."
                        .formatted(configId, model));
          }
        });
  }

  /**
   * Judges a night.
   *
   * @param nights one for each model
   * @return for each of them the rows of {@code alerts}
   */
  List<List<TableRow>> judge(List<Evaluated> nights) {
    List<Map<String, History>> histories = new ArrayList<>();
    List<Alerts.Case> cases = new ArrayList<>();
    for (Evaluated night : nights) {
      Map<String, History> known = read(night.result.configId());
      histories.add(known);
      for (TableRow row : night.result.rows()) {
        String dataset = (String) row.get("dataset");
        cases.add(
            new Alerts.Case(
                dataset,
                night.result.model(),
                EvaluatedNight.of(row),
                known.getOrDefault(dataset, History.NONE)));
      }
    }
    List<TableRow> judged = new Alerts(manifest.thresholds()).of(cases);
    List<List<TableRow>> rows = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < nights.size(); i++) {
      Evaluated night = nights.get(i);
      int count = night.result.rows().size();
      List<TableRow> its = new ArrayList<>(judged.subList(next, next + count));
      next += count;
      its.addAll(absent(night, histories.get(i)));
      its.forEach(row -> of(row, night.run, night.result.configId()));
      rows.add(its);
    }
    return rows;
  }

  private Map<String, History> read(String configId) {
    return History.read(
        store, configId, manifest.reference().name(), manifest.reference().images());
  }

  private TableRow of(TableRow row, Run run, String configId) {
    return row.with("run_id", run.id())
        .with("evaluated_at", run.startedTimestamp())
        .with("config_id", configId)
        .with("reference", manifest.reference().name());
  }

  /** Of the sets that have no evaluation tonight. */
  private List<TableRow> absent(Evaluated night, Map<String, History> histories) {
    List<TableRow> rows = new ArrayList<>();
    night
        .result
        .failed()
        .forEach(
            (dataset, reason) ->
                rows.add(
                    absent(night, dataset, AlertState.FAILED, histories.get(dataset))
                        .with("message", reason)));
    Set<String> named = new HashSet<>();
    manifest.generators().forEach(generator -> named.add(generator.name()));
    Instant recent = recent(histories.values());
    histories.forEach(
        (dataset, history) -> {
          if (!named.contains(dataset) && !history.all().isEmpty()) {
            EvaluatedNight last = history.all().get(history.all().size() - 1);
            if (!last.at().isBefore(recent)) {
              rows.add(
                  absent(night, dataset, AlertState.STALE, history)
                      .with("since", Timestamp.from(last.at()))
                      .with("message", "%s is not in the manifest.".formatted(dataset)));
            }
          }
        });
    return rows;
  }

  private TableRow absent(Evaluated night, String dataset, AlertState state, History history) {
    boolean known = history != null && history.last() != null;
    TableRow row =
        TableRow.of(Table.ALERTS)
            .with("dataset", dataset)
            .with("model", night.result.model())
            .with("state", state.text())
            .with("previous_state", known ? history.last().text() : null);
    return history != null && history.isOpen()
        ? row.with("since", Timestamp.from(history.since()))
        : row;
  }

  /** The oldest of the last nights of any generator. */
  private static Instant recent(Collection<History> histories) {
    List<Instant> nights =
        histories.stream()
            .flatMap(history -> history.all().stream())
            .map(EvaluatedNight::at)
            .distinct()
            .sorted(Comparator.reverseOrder())
            .toList();
    return nights.isEmpty() ? Instant.MIN : nights.get(Math.min(nights.size(), STALE_NIGHTS) - 1);
  }

  /**
   * Takes the present level of a generator for its new baseline, under all models of the manifest.
   *
   * @param models their names in the tables, by config_id
   * @return the rows that were appended
   * @throws UserException if it has no open alert, or its baseline is pinned
   */
  List<TableRow> acknowledge(String dataset, Map<String, String> models) {
    if (manifest.generators().stream().noneMatch(g -> g.name().equals(dataset))) {
      throw new UserException(
          "Cannot acknowledge the alerts of %s: the manifest names no such generator. Correct the name."
              .formatted(dataset));
    }
    if (manifest.thresholds().baselineRule().kind() == BaselineRule.Kind.PINNED) {
      throw new UserException(
          "Cannot acknowledge the alerts of %s: its baseline is pinned. Pin another run instead."
              .formatted(dataset));
    }
    Run run = Run.start("acknowledge");
    Map<String, TableRow> open = new HashMap<>();
    models.forEach(
        (configId, model) -> {
          History history = read(configId).getOrDefault(dataset, History.NONE);
          if (history.isOpen()) {
            TableRow row =
                TableRow.of(Table.ALERTS)
                    .with("dataset", dataset)
                    .with("model", model)
                    .with("state", AlertState.ACKNOWLEDGED.text())
                    .with("previous_state", history.last().text())
                    .with("since", Timestamp.from(history.since()));
            open.put(configId, of(row, run, configId));
          }
        });
    if (open.isEmpty()) {
      throw new UserException(
          "There is nothing to acknowledge: %s has no open alert in %s."
              .formatted(dataset, store.location(Table.ALERTS)));
    }
    List<TableRow> rows = List.copyOf(open.values());
    store.append(Table.ALERTS, rows.stream().map(TableRow::toRow).toList());
    return rows;
  }
}
