package org.anomalyscore.classify;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Part;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * How well classifiers told the sets of a comparison from its reference: the last {@code classify}
 * of its configuration and reference, with the whole training set.
 */
public final class ClassificationPart implements Part {

  /**
   * What {@code classification.ftlh} prints.
   *
   * @param made when, in UTC
   */
  record Model(String made, HtmlTable table) {}

  private static final String CONTROL = "reference_halves";

  /** As in the table, and in words. */
  private static final String[][] CLASSIFIERS = {
    {"logistic_regression", "Logistic regression"}, {"multilayer_perceptron", "Perceptron"}
  };

  private static final String[][] MEASURES = {
    {"accuracy", "accuracy", "Share of test images that it told rightly; 0.5 is chance"},
    {"auc", "AUC", "How often it ranks a pair of one image of each rightly; 0.5 is chance"}
  };

  /** One block a comparison that was classified. */
  @Override
  public Table table() {
    return Table.CLASSIFICATIONS;
  }

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    List<Row> rows =
        NewestRun.rows(
                store.read(Table.CLASSIFICATIONS).where(Comparison.isReported(comparisons)),
                "classified_at",
                "config_id",
                "reference")
            .where(
                col("task")
                    .isin("reference_and_generated", CONTROL)
                    .and(col("train_fraction").equalTo(1)))
            .collectAsList();
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < comparisons.size(); i++) {
      Comparison comparison = comparisons.get(i);
      List<Row> ours =
          rows.stream()
              .filter(
                  row ->
                      comparison.configId().equals(Comparison.text(row, "config_id"))
                          && comparison.reference().equals(Comparison.text(row, "reference")))
              .toList();
      if (!ours.isEmpty()) {
        blocks.add(
            new Block(
                Place.COMPARISON,
                i,
                "classify/classification.ftlh",
                new Model(HtmlTable.minute(ours.get(0).getAs("classified_at")), table(ours)),
                List.of()));
      }
    }
    return blocks;
  }

  /** A line a set, hardest to tell first; the control last. */
  private static HtmlTable table(List<Row> rows) {
    List<HtmlTable.Column> columns = new ArrayList<>();
    columns.add(text("Data set"));
    columns.add(number("Train", "Images of both classes together"));
    columns.add(number("Test", "Images of both classes together"));
    for (String[] classifier : CLASSIFIERS) {
      for (String[] measure : MEASURES) {
        columns.add(number(classifier[1] + " " + measure[1], measure[2]));
        columns.add(number("Interval", "95 %, sorted by its lower end"));
      }
    }
    Map<List<String>, Map<String, Row>> lines = new LinkedHashMap<>();
    rows.stream()
        .sorted(
            Comparator.comparing((Row row) -> Comparison.text(row, "task").equals(CONTROL))
                .thenComparing(row -> Comparison.text(row, "classifier"))
                .thenComparing(row -> Comparison.number(row, "accuracy"))
                .thenComparing(row -> Comparison.text(row, "dataset")))
        .forEach(
            row ->
                lines
                    .computeIfAbsent(
                        List.of(Comparison.text(row, "task"), Comparison.text(row, "dataset")),
                        key -> new LinkedHashMap<>())
                    .put(Comparison.text(row, "classifier"), row));
    return new HtmlTable(
        "Told from the reference by classifiers",
        columns,
        lines.values().stream().map(ClassificationPart::cells).toList());
  }

  private static List<Cell> cells(Map<String, Row> byClassifier) {
    Row any = byClassifier.values().iterator().next();
    String dataset = Comparison.text(any, "dataset");
    List<Cell> cells = new ArrayList<>();
    cells.add(
        cell(
            Comparison.text(any, "task").equals(CONTROL)
                ? dataset + ", its halves (control)"
                : dataset));
    cells.add(cell(any.<Long>getAs("n_train"), "%,d"));
    cells.add(cell(any.<Long>getAs("n_test"), "%,d"));
    for (String[] classifier : CLASSIFIERS) {
      Row row = byClassifier.get(classifier[0]);
      for (String[] measure : MEASURES) {
        Double low = row == null ? null : Comparison.number(row, measure[0] + "_low");
        cells.add(cell(row == null ? null : Comparison.number(row, measure[0]), "%.3f"));
        cells.add(
            low == null
                ? cell((String) null)
                : new Cell(
                    format("%.3f to %.3f", low, Comparison.number(row, measure[0] + "_high")),
                    low,
                    null,
                    null));
      }
    }
    return cells;
  }
}
