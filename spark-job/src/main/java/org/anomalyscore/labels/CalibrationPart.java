package org.anomalyscore.labels;

import static org.anomalyscore.page.HtmlTable.cell;
import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.page.HtmlTable.number;
import static org.anomalyscore.page.HtmlTable.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.FigureNumbers;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Part;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * What {@code calibrate} found under the reported configurations: of each data set, reference and
 * file of labels the last run.
 */
public final class CalibrationPart implements Part {

  /** What {@code calibrations.ftlh} prints. */
  record Model(List<Section> sections) {}

  /**
   * A data set under one file of labels.
   *
   * @param figure its figure's id
   * @param reference or null
   * @param verdict in words
   */
  record Section(
      String figure,
      String dataset,
      String labels,
      String reference,
      String model,
      String configId,
      String made,
      boolean grouped,
      HtmlTable table,
      String verdict) {}

  /**
   * The same as numbers.
   *
   * @param measures their names, top to bottom
   * @param all of each measure correlation, low and high
   * @param within the same within groups; null where there are none
   */
  record Correlations(List<String> measures, List<List<Double>> all, List<List<Double>> within) {}

  @Override
  public Table table() {
    return Table.CALIBRATIONS;
  }

  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    String[] key = {"config_id", "dataset", "labels", "reference"};
    List<Row> last =
        NewestRun.rows(
                store.read(Table.CALIBRATIONS).where(Comparison.isReported(comparisons)),
                "calibrated_at",
                key)
            .orderBy("calibrated_at", "run_id")
            .collectAsList();
    List<Section> sections = new ArrayList<>();
    List<Figure> figures = new ArrayList<>();
    Comparison.grouped(last, key).forEach(rows -> add(sections, figures, rows));
    return sections.isEmpty()
        ? List.of()
        : List.of(Block.ofPage("labels/calibrations.ftlh", new Model(sections), figures));
  }

  private static void add(List<Section> sections, List<Figure> figures, List<Row> found) {
    List<Row> rows = found.stream().sorted(Comparator.comparing(CalibrationPart::measure)).toList();
    Row first = rows.get(0);
    boolean grouped = rows.stream().anyMatch(row -> row.getAs("groups") != null);
    String figure = "calibration-" + sections.size();
    String reference = Comparison.text(first, "reference");
    sections.add(
        new Section(
            figure,
            VisibleText.of(Comparison.text(first, "dataset")),
            VisibleText.of(Comparison.text(first, "labels")),
            reference == null ? null : VisibleText.of(reference),
            VisibleText.of(Comparison.text(first, "model")),
            VisibleText.of(Comparison.text(first, "config_id")),
            HtmlTable.minute(first.getAs("calibrated_at")),
            grouped,
            table(rows, grouped),
            CalibrationText.verdict(rows, Row::getAs)));
    figures.add(
        new Figure(
            figure,
            new Correlations(
                rows.stream().map(row -> measure(row).title()).toList(),
                rows.stream().map(row -> numbers(row, "rank_correlation")).toList(),
                grouped
                    ? rows.stream().map(row -> numbers(row, "within_groups")).toList()
                    : null)));
  }

  private static CalibratedMeasure measure(Row row) {
    return CalibratedMeasure.of(Comparison.text(row, "measure"));
  }

  private static List<Double> numbers(Row row, String column) {
    return FigureNumbers.of(row, column, column + "_low", column + "_high");
  }

  private static HtmlTable table(List<Row> rows, boolean grouped) {
    List<HtmlTable.Column> columns = new ArrayList<>();
    columns.add(text("Measure"));
    columns.add(number("Images", "With a label and this measure"));
    addHeads(columns, "Over all");
    if (grouped) {
      addHeads(columns, "Within groups");
    }
    columns.add(number("Repeatability", "Share of its variance that is not its own noise's"));
    columns.add(text("Verdict"));
    List<List<Cell>> cells = new ArrayList<>();
    for (Row row : rows) {
      List<Cell> line = new ArrayList<>();
      line.add(cell(measure(row).title()));
      line.add(cell(row.<Long>getAs("n"), "%,d"));
      addCells(line, row, "rank_correlation");
      if (grouped) {
        addCells(line, row, "within_groups");
      }
      line.add(cell(Comparison.number(row, "repeatability"), "%.2f"));
      line.add(cell(Verdict.ofColumn(Comparison.text(row, "verdict")).words()));
      cells.add(line);
    }
    return new HtmlTable("Rank correlation with the label", columns, cells);
  }

  private static void addHeads(List<HtmlTable.Column> columns, String title) {
    columns.add(number(title, "Rank correlation with the label, -1 to 1"));
    columns.add(number("Interval", "Sorted by its lower end"));
    columns.add(number("p", "Permutation test"));
    columns.add(number("Corrected", "What a measure without noise would have"));
  }

  private static void addCells(List<Cell> line, Row row, String column) {
    Double low = Comparison.number(row, column + "_low");
    Double high = Comparison.number(row, column + "_high");
    line.add(cell(Comparison.number(row, column), "%.3f"));
    line.add(
        low == null || high == null
            ? cell((String) null)
            : new Cell(format("%.3f to %.3f", low, high), low, null, null));
    line.add(cell(Comparison.number(row, column + "_p"), "%.3g"));
    line.add(cell(Comparison.number(row, column + "_corrected"), "%.3f"));
  }
}
