package org.anomalyscore.classify;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.anomalyscore.classify.ClassificationTask.Kind;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Part;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How well classifiers told the sets of a comparison from its reference: the last {@code classify}
 * of its configuration and reference on features, and the last on pixels, with the whole training
 * set.
 */
public final class ClassificationPart implements Part {

  /**
   * What {@code classification.ftlh} prints.
   *
   * @param features null where none were classified
   * @param pixels null where none were classified
   */
  record Model(Judged features, Judged pixels) {}

  /**
   * A run of {@code classify}.
   *
   * @param made when, in UTC
   */
  record Judged(String made, HtmlTable table) {}

  private static final String CONTROL = Kind.REFERENCE_HALVES.text();

  private static final Column ON_FEATURES =
      col("input").isNull().or(col("input").equalTo(ImageInput.FEATURES.text()));

  /** As in the table, and in words. */
  private record Judge(String name, String title) {}

  private static final List<Judge> FEATURE_CLASSIFIERS =
      List.of(
          new Judge(FeatureClassifier.LOGISTIC_REGRESSION.text(), "Logistic regression"),
          new Judge(FeatureClassifier.MULTILAYER_PERCEPTRON.text(), "Perceptron"));

  /** What a network saw. */
  private static final List<Judge> PIXEL_INPUTS =
      Stream.of(ImageInput.PIXELS, ImageInput.LOW_PASS, ImageInput.HIGH_PASS)
          .map(input -> new Judge(input.text(), input.title()))
          .toList();

  private static final String[][] MEASURES = {
    {"accuracy", "accuracy", "Share of test images that it told rightly; 0.5 is chance"},
    {"auc", "AUC", "How often it ranks a pair of one image of each rightly; 0.5 is chance"}
  };

  @Override
  public Table table() {
    return Table.CLASSIFICATIONS;
  }

  /** One block a comparison that was classified. */
  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    Dataset<Row> all = store.read(Table.CLASSIFICATIONS).where(Comparison.isReported(comparisons));
    List<Row> features = newest(all.where(ON_FEATURES));
    List<Row> pixels = newest(all.where(not(ON_FEATURES)));
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < comparisons.size(); i++) {
      Model model =
          new Model(
              judged(
                  comparisons.get(i),
                  features,
                  "Told from the reference by classifiers",
                  "classifier",
                  FEATURE_CLASSIFIERS),
              judged(
                  comparisons.get(i),
                  pixels,
                  "Told from the reference by a network on pixels",
                  "input",
                  PIXEL_INPUTS));
      if (model.features() != null || model.pixels() != null) {
        blocks.add(
            new Block(Place.COMPARISON, i, "classify/classification.ftlh", model, List.of()));
      }
    }
    return blocks;
  }

  private static List<Row> newest(Dataset<Row> rows) {
    return NewestRun.rows(rows, "classified_at", "config_id", "reference")
        .where(
            col("task")
                .isin(Kind.REFERENCE_AND_GENERATED.text(), CONTROL)
                .and(col("train_fraction").equalTo(1)))
        .collectAsList();
  }

  /**
   * @param by the column by which judges are told
   * @param judges its values, each with its title
   */
  private static Judged judged(
      Comparison comparison, List<Row> rows, String caption, String by, List<Judge> judges) {
    List<Row> ours =
        rows.stream()
            .filter(
                row ->
                    comparison.configId().equals(Comparison.text(row, "config_id"))
                        && comparison.reference().equals(Comparison.text(row, "reference")))
            .toList();
    return ours.isEmpty()
        ? null
        : new Judged(
            HtmlTable.minute(ours.get(0).getAs("classified_at")), table(ours, caption, by, judges));
  }

  private static int place(List<Judge> judges, String name) {
    int place = 0;
    while (place < judges.size() && !judges.get(place).name().equals(name)) {
      place++;
    }
    return place;
  }

  /** A line a set, hardest to tell first; the control last. */
  private static HtmlTable table(List<Row> rows, String caption, String by, List<Judge> judges) {
    List<HtmlTable.Column> columns = new ArrayList<>();
    columns.add(text("Data set"));
    columns.add(number("Train", "Images of both classes together"));
    columns.add(number("Test", "Images of both classes together"));
    for (Judge judge : judges) {
      for (String[] measure : MEASURES) {
        columns.add(number(judge.title() + " " + measure[1], measure[2]));
        columns.add(number("Interval", "95 %, sorted by its lower end"));
      }
    }
    Map<List<String>, Map<String, Row>> lines = new LinkedHashMap<>();
    rows.stream()
        .sorted(
            Comparator.comparing((Row row) -> Comparison.text(row, "task").equals(CONTROL))
                .thenComparing(row -> place(judges, Comparison.text(row, by)))
                .thenComparing(row -> Comparison.number(row, "accuracy"))
                .thenComparing(row -> Comparison.text(row, "dataset")))
        .forEach(
            row ->
                lines
                    .computeIfAbsent(
                        List.of(Comparison.text(row, "task"), Comparison.text(row, "dataset")),
                        key -> new LinkedHashMap<>())
                    .put(Comparison.text(row, by), row));
    return new HtmlTable(
        caption, columns, lines.values().stream().map(line -> cells(line, judges)).toList());
  }

  private static List<Cell> cells(Map<String, Row> byJudge, List<Judge> judges) {
    Row any = byJudge.values().iterator().next();
    String dataset = Comparison.text(any, "dataset");
    List<Cell> cells = new ArrayList<>();
    cells.add(
        cell(
            Comparison.text(any, "task").equals(CONTROL)
                ? dataset + ", its halves (control)"
                : dataset));
    cells.add(cell(any.<Long>getAs("n_train"), "%,d"));
    cells.add(cell(any.<Long>getAs("n_test"), "%,d"));
    for (Judge judge : judges) {
      Row row = byJudge.get(judge.name());
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
