package org.anomalyscore.labels;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Part;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * What {@code labels} found under the reported configurations: of each data set and source of
 * labels the last run.
 */
public final class LabelPart implements Part {

  private static final String[] MEASURES = {"complexity", "vulnerability", "as_i"};
  private static final String[] NAMES = {"C", "V", "AS-i"};
  private static final String[] FORMATS = {"%.4f", "%.2f", "%.1f"};

  /** Names that fit below a figure. */
  private static final int MOST_DRAWN = 40;

  /** What {@code labels.ftlh} prints. */
  record Model(List<Section> sections) {}

  /**
   * A data set under one source of labels.
   *
   * @param figure its figure's id
   * @param source where the labels come from
   * @param hidden labels that the figure leaves out
   */
  record Section(
      String figure,
      String dataset,
      String source,
      String model,
      String configId,
      String made,
      int hidden,
      HtmlTable table,
      HtmlTable trends) {}

  /**
   * The same as numbers.
   *
   * @param labels left to right
   * @param values of ordered labels, or null
   * @param n images of each label
   * @param means of C, V and AS-i: of each label mean, low and high
   * @param all the three means of all labelled images
   */
  record Means(
      List<String> labels,
      List<Double> values,
      List<Long> n,
      List<List<List<Double>>> means,
      List<Double> all) {}

  @Override
  public Table table() {
    return Table.LABEL_SUMMARIES;
  }

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    String[] key = {"config_id", "dataset", "labels"};
    List<Row> last =
        NewestRun.rows(
                store.read(Table.LABEL_SUMMARIES).where(Comparison.isReported(comparisons)),
                "summarised_at",
                key)
            .orderBy("summarised_at", "run_id")
            .collectAsList();
    List<Section> sections = new ArrayList<>();
    List<Figure> figures = new ArrayList<>();
    Comparison.grouped(last, key).forEach(rows -> add(sections, figures, rows));
    return sections.isEmpty()
        ? List.of()
        : List.of(Block.ofPage("labels/labels.ftlh", new Model(sections), figures));
  }

  private static void add(List<Section> sections, List<Figure> figures, List<Row> rows) {
    List<Row> labels =
        rows.stream()
            .filter(row -> Comparison.text(row, "label") != null)
            .sorted(
                Comparator.<Row, Double>comparing(
                        row -> Comparison.number(row, "label_value"),
                        Comparator.nullsFirst(Comparator.naturalOrder()))
                    .thenComparing(row -> Comparison.text(row, "label")))
            .toList();
    Row all =
        rows.stream()
            .filter(row -> Comparison.text(row, "label") == null)
            .findFirst()
            .orElseThrow();
    boolean ordered = all.<Boolean>getAs("ordered");
    String figure = "labels-" + sections.size();
    List<Row> drawn = ordered ? labels : largest(labels);
    String source = Comparison.text(all, "labels");
    sections.add(
        new Section(
            figure,
            VisibleText.of(Comparison.text(all, "dataset")),
            source.equals("folder") ? "folder" : "labels of " + VisibleText.of(source),
            VisibleText.of(Comparison.text(all, "model")),
            VisibleText.of(Comparison.text(all, "config_id")),
            HtmlTable.minute(all.getAs("summarised_at")),
            labels.size() - drawn.size(),
            table(labels, all),
            trends(all, ordered)));
    figures.add(
        new Figure(
            figure,
            new Means(
                drawn.stream().map(row -> VisibleText.of(Comparison.text(row, "label"))).toList(),
                ordered
                    ? drawn.stream().map(row -> Comparison.number(row, "label_value")).toList()
                    : null,
                drawn.stream().map(row -> row.<Long>getAs("n")).toList(),
                Arrays.stream(MEASURES)
                    .map(measure -> drawn.stream().map(row -> mean(row, measure)).toList())
                    .toList(),
                Arrays.stream(MEASURES).map(measure -> mean(all, measure).get(0)).toList())));
  }

  /** The labels with the most images, in the same order. */
  private static List<Row> largest(List<Row> labels) {
    List<Row> largest =
        labels.stream()
            .sorted(Comparator.comparingLong((Row row) -> -row.<Long>getAs("n")))
            .limit(MOST_DRAWN)
            .toList();
    return labels.stream().filter(largest::contains).toList();
  }

  private static List<Double> mean(Row row, String measure) {
    List<Double> mean = new ArrayList<>();
    for (String end : new String[] {"", "_low", "_high"}) {
      mean.add(Comparison.number(row, "mean_" + measure + end));
    }
    return mean;
  }

  private static HtmlTable table(List<Row> labels, Row all) {
    List<HtmlTable.Column> columns = new ArrayList<>(List.of(text("Label"), number("Images", "")));
    for (String name : NAMES) {
      columns.add(number("Mean " + name, ""));
      columns.add(number("Interval", "95 %, sorted by its lower end"));
    }
    List<List<Cell>> rows = new ArrayList<>();
    for (int i = 0; i <= labels.size(); i++) {
      Row row = i < labels.size() ? labels.get(i) : all;
      String label = Comparison.text(row, "label");
      List<Cell> cells = new ArrayList<>();
      cells.add(label == null ? new Cell("all labelled", null, null, null) : cell(label));
      cells.add(cell(row.<Long>getAs("n"), "%,d"));
      for (int m = 0; m < MEASURES.length; m++) {
        List<Double> mean = mean(row, MEASURES[m]);
        cells.add(cell(mean.get(0), FORMATS[m]));
        cells.add(
            mean.get(1) == null
                ? cell((String) null)
                : new Cell(
                    format(FORMATS[m] + " to " + FORMATS[m], mean.get(1), mean.get(2)),
                    mean.get(1),
                    null,
                    null));
      }
      rows.add(cells);
    }
    return new HtmlTable("Means by label", columns, rows);
  }

  private static HtmlTable trends(Row all, boolean ordered) {
    List<List<Cell>> rows = new ArrayList<>();
    for (int m = 0; ordered && m < MEASURES.length; m++) {
      rows.add(
          List.of(
              cell(NAMES[m]),
              cell(Comparison.number(all, "spearman_" + MEASURES[m]), "%.3f"),
              cell(Comparison.number(all, "spearman_p_" + MEASURES[m]), "%.3g"),
              cell(Comparison.number(all, "jonckheere_z_" + MEASURES[m]), "%.2f"),
              cell(Comparison.number(all, "jonckheere_p_" + MEASURES[m]), "%.3g")));
    }
    return new HtmlTable(
        "Trend over the labels",
        List.of(
            text("Measure"),
            number("Spearman", "By rank of each image, -1 to 1; above 0 rises with the label"),
            number("p", "Two-sided"),
            number("z", "Of the test of Jonckheere and Terpstra; above 0 rises with the label"),
            number("p", "Two-sided")),
        rows);
  }
}
