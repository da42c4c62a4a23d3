package org.anomalyscore.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.anomalyscore.TestSpark;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Part;
import org.anomalyscore.report.ReportTest;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sweeps a report draws, and in what order; how one looks is {@link ReportTest}'s. */
class SweepPartTest {

  @TempDir Path folder;

  private TableStore store(String name) {
    return new TableStore(TestSpark.session(), folder.resolve(name).toString());
  }

  private static TableRow sweep(String run, int day) {
    return TableRow.of(Table.SWEEPS)
        .with("run_id", run)
        .with("swept_at", Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day)))
        .with("config_id", "c")
        .with("model", "net")
        .with("reference", "real")
        .with("n_reference", 3L)
        .with("dataset", run)
        .with("n", 3L)
        .with("parameter", "noise_step")
        .with("value", 0.01)
        .with("profile_value", 0.01)
        .with("seed", 0L)
        .with("anomaly_score", 0.25);
  }

  private static Comparison comparison(String model, String reference) {
    return new Comparison("c", model, reference, List.of(), Map.of());
  }

  private static void append(TableStore store, List<TableRow> rows) {
    store.append(Table.SWEEPS, rows.stream().map(TableRow::toRow).toList());
  }

  private static List<Part.Block> read(TableStore store, Comparison... comparisons) {
    return new SweepPart().read(store, List.of(comparisons));
  }

  /** Of each sweep the model, the reference and the generated sets with an Anomaly Score. */
  private static List<String> drawn(TableStore store, Comparison... comparisons) {
    return read(store, comparisons).stream()
        .map(
            block -> {
              SweepPart.Model model = (SweepPart.Model) block.model();
              return String.join(
                  " ",
                  model.model(),
                  model.reference(),
                  String.join(" ", names(charts(block).get(1))));
            })
        .toList();
  }

  private static List<SweepPart.Chart> charts(Part.Block block) {
    return block.figures().stream().map(figure -> (SweepPart.Chart) figure.data()).toList();
  }

  private static List<String> names(SweepPart.Chart chart) {
    return chart.lines().stream().map(SweepPart.Line::name).toList();
  }

  @Test
  void onlyTheReportedModelsAndReferencesAreDrawn() {
    TableStore store = store("tables");
    Comparison real = comparison("net", "real");
    Comparison unreal = comparison("other", "unreal");
    assertEquals(List.of(), drawn(store, real), "no table");
    append(
        store,
        List.of(
            sweep("a", 2),
            // Of one time: the later run_id, whichever is read first.
            sweep("c", 3),
            sweep("b", 3),
            sweep("z", 4).with("model", "other").with("reference", "unreal"),
            sweep("x", 5).with("reference", "unreal"),
            sweep("y", 6).with("model", "other")));
    assertEquals(List.of("other unreal z", "net real c"), drawn(store, real, unreal));
    assertEquals(List.of("net real c"), drawn(store, real));
    assertEquals(List.of("other unreal z"), drawn(store, unreal, unreal));
    assertEquals(List.of(), drawn(store, comparison("another", "real")));
  }

  @Test
  void theOrderDependsOnNoFile() {
    List<List<TableRow>> files = new ArrayList<>();
    for (String parameter : List.of("noise_step", "attack_step")) {
      for (String dataset : List.of("b", "a")) {
        List<TableRow> file = new ArrayList<>();
        for (long seed : new long[] {1, 0, 2}) {
          // The smallest value is noise_step's: it must not decide which parameter is first.
          for (double value : new double[] {0.5, parameter.equals("noise_step") ? 0.001 : 0.01}) {
            file.add(
                sweep("run", 1)
                    .with("dataset", dataset)
                    .with("parameter", parameter)
                    .with("value", value)
                    .with("seed", seed)
                    .with("mean_complexity", 0.2)
                    .with("reference_mean_complexity", 0.1)
                    .with("anomaly_score", 0.1 * (seed + 1) + value / 3));
          }
        }
        files.add(file);
      }
    }
    TableStore forwards = store("forwards");
    files.forEach(file -> append(forwards, file));
    Collections.reverse(files);
    files.forEach(Collections::reverse);
    TableStore backwards = store("backwards");
    files.forEach(file -> append(backwards, file));
    List<Part.Block> blocks = read(forwards, comparison("net", "real"));
    assertEquals(blocks, read(backwards, comparison("net", "real")));
    List<SweepPart.Chart> charts = charts(blocks.get(0));
    assertEquals(
        List.of(
            "Mean V against attack_step",
            "AS against attack_step",
            "Mean C against noise_step",
            "AS against noise_step"),
        charts.stream().map(SweepPart.Chart::title).toList());
    assertEquals(List.of(), names(charts.get(0)), "V is nowhere known");
    assertEquals(List.of("a", "b"), names(charts.get(1)));
    assertEquals(List.of("real (reference)", "a", "b"), names(charts.get(2)));
    assertEquals(List.of("0.001", "0.5"), charts.get(3).values());
    assertEquals(
        List.of("sweep-0-0", "sweep-0-1", "sweep-0-2", "sweep-0-3"),
        blocks.get(0).figures().stream().map(Part.Figure::id).toList());
  }
}
