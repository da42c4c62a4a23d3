package org.anomalyscore.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.anomalyscore.TestSpark;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Part;
import org.anomalyscore.report.Report;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassificationPartTest {

  private static final String HOSTILE = "<img src=x>";

  @TempDir Path folder;

  private TableStore store;

  @BeforeEach
  void evaluate() {
    store = new TableStore(TestSpark.session(), folder.resolve("tables").toString());
    // The comparison of "d" was evaluated last and comes first.
    store.append(
        Table.EVALUATIONS,
        Stream.of("c", "d")
            .map(
                config ->
                    TableRow.of(Table.EVALUATIONS)
                        .with("run_id", config)
                        .with("evaluated_at", day(config.equals("c") ? 1 : 2))
                        .with("config_id", config)
                        .with("model", "net")
                        .with("reference", "real")
                        .with("n_reference", 30L)
                        .with("dataset", "g")
                        .with("n", 30L)
                        .with("anomaly_score", 0.1)
                        .with("confidence", 0.95)
                        .with("permutations", 0)
                        .with("resamples", 0)
                        .with("seed", 0L)
                        .toRow())
            .toList());
  }

  private static Timestamp day(int day) {
    return Timestamp.from(Instant.EPOCH.plusSeconds(86_400L * day));
  }

  private static TableRow row(String run, int day, String task, String dataset, double accuracy) {
    return TableRow.of(Table.CLASSIFICATIONS)
        .with("run_id", run)
        .with("classified_at", day(day))
        .with("config_id", "c")
        .with("model", "net")
        .with("reference", "real")
        .with("task", task)
        .with("control", task.equals("reference_halves"))
        .with("dataset", dataset)
        .with("classifier", "logistic_regression")
        .with("train_fraction", 1.0)
        .with("n_classes", 2L)
        .with("n_train", 1400L)
        .with("n_test", 600L)
        .with("chance", 0.5)
        .with("accuracy", accuracy)
        .with("accuracy_low", accuracy - 0.0625)
        .with("accuracy_high", accuracy + 0.0625)
        .with("auc", accuracy + 0.125)
        .with("auc_low", accuracy)
        .with("auc_high", accuracy + 0.1875)
        .with("confidence", 0.95)
        .with("test_fraction", 0.3)
        .with("seed", 0L)
        .with("confusion", "{}");
  }

  private void classifications(TableRow... rows) {
    store.append(Table.CLASSIFICATIONS, Stream.of(rows).map(TableRow::toRow).toList());
  }

  private List<Part.Block> read() {
    return new ClassificationPart().read(store, Comparison.read(store, null, null));
  }

  private String html() throws Exception {
    Path out = folder.resolve("report.html");
    new Report(TestSpark.session(), store).write(Run.start("report"), out.toString());
    return Files.readString(out);
  }

  @Test
  void nothingIsSaidWhereNothingWasClassified() throws Exception {
    assertEquals(List.of(), read());
    assertFalse(html().contains("Told apart by classifiers"));
  }

  @Test
  void theLastRunIsShownHardestToTellFirst() throws Exception {
    classifications(
        row("old", 1, "reference_and_generated", "gone", 0.5),
        row("new", 2, "reference_halves", "real", 0.5),
        row("new", 2, "reference_and_generated", "far", 0.75),
        row("new", 2, "reference_and_generated", "far", 0.8125)
            .with("classifier", "multilayer_perceptron"),
        row("new", 2, "reference_and_generated", HOSTILE, 0.625),
        row("new", 2, "reference_and_generated", HOSTILE, 0.5).with("train_fraction", 0.5),
        row("new", 2, "permuted_labels", "far", 0.4375).with("control", true),
        row("new", 2, "generated_pair", "far", 0.9375).with("other_dataset", HOSTILE),
        // Of references and configurations that are not in the page.
        row("other", 3, "reference_and_generated", "gone", 0.5).with("reference", "unreal"),
        row("other", 3, "reference_and_generated", "gone", 0.5).with("config_id", "e"));
    List<Part.Block> blocks = read();
    assertEquals(1, blocks.size(), "of d nothing was classified");
    assertEquals(1, blocks.get(0).comparison());
    ClassificationPart.Model model = (ClassificationPart.Model) blocks.get(0).model();
    assertEquals("1970-01-03 00:00", model.features().made());
    List<List<String>> texts =
        model.features().table().rows().stream()
            .map(line -> line.stream().map(Cell::text).toList())
            .toList();
    String none = "–";
    assertEquals(
        List.of(
            List.of(
                HOSTILE,
                "1,400",
                "600",
                "0.625",
                "0.563 to 0.688",
                "0.750",
                "0.625 to 0.813",
                none,
                none,
                none,
                none),
            List.of(
                "far",
                "1,400",
                "600",
                "0.750",
                "0.688 to 0.813",
                "0.875",
                "0.750 to 0.938",
                "0.813",
                "0.750 to 0.875",
                "0.938",
                "0.813 to 1.000"),
            List.of(
                "real, its halves (control)",
                "1,400",
                "600",
                "0.500",
                "0.438 to 0.563",
                "0.625",
                "0.500 to 0.688",
                none,
                none,
                none,
                none)),
        texts);
    String html = html();
    assertEquals(1, html.split("Told apart by classifiers", -1).length - 1);
    assertTrue(
        html.indexOf("id=\"comparison-1\"") < html.indexOf("id=\"classifiers-1\""),
        "in its comparison");
    assertTrue(html.contains("&lt;img src=x&gt;") && !html.contains(HOSTILE));
  }

  /** A run on features does not replace one on pixels, nor the other way round. */
  @Test
  void whatNetworksSawStandsBeside() throws Exception {
    classifications(
        row("old", 1, "reference_and_generated", "far", 0.5).with("input", "pixels"),
        row("pixels", 2, "reference_and_generated", "far", 0.875).with("input", "pixels"),
        row("pixels", 2, "reference_and_generated", "far", 0.75).with("input", "high_pass"),
        row("features", 3, "reference_and_generated", "far", 0.625).with("input", "features"));
    ClassificationPart.Model model = (ClassificationPart.Model) read().get(0).model();
    assertEquals("1970-01-03 00:00", model.pixels().made());
    assertEquals(
        List.of("0.875", "–", "0.750"),
        Stream.of(3, 7, 11).map(i -> model.pixels().table().rows().get(0).get(i).text()).toList());
    assertEquals("1970-01-04 00:00", model.features().made());
    assertEquals("0.625", model.features().table().rows().get(0).get(3).text());
    assertTrue(html().contains("Told from the reference by a network on pixels"));
  }
}
