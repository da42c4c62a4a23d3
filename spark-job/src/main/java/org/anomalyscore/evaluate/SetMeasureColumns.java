package org.anomalyscore.evaluate;

import static org.anomalyscore.page.HtmlTable.format;
import static org.anomalyscore.page.HtmlTable.number;

import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.HtmlTable.Column;
import org.apache.spark.sql.Row;

/** Columns of the leaderboard for measures of features; none where no set has features. */
final class SetMeasureColumns {

  private enum Measure {
    FRECHET(
        "frechet_distance",
        "Fréchet",
        "Fréchet distance; lower is closer. Is FID if the model is Inception-v3",
        "%.4g",
        " ± %.2g"),
    KERNEL(
        "kernel_distance",
        "Kernel",
        "Kernel distance and, for sets of more than 1,000 images, its spread over subsets; lower is"
            + " closer. Is KID if the model is Inception-v3",
        "%.4g",
        " ± %.2g"),
    PRECISION(
        "precision",
        "Precision",
        "Share of generated images within the reference's manifold",
        "%.3f",
        " ± %.3f"),
    RECALL(
        "recall",
        "Recall",
        "Share of the reference's images within the generated set's manifold",
        "%.3f",
        " ± %.3f"),
    DENSITY(
        "density",
        "Density",
        "How many of the reference's balls hold a generated image, over 5; 1 for equal sets",
        "%.3f",
        " ± %.3f"),
    COVERAGE(
        "coverage",
        "Coverage",
        "Share of the reference's images with a generated image in their ball",
        "%.3f",
        " ± %.3f");

    private final String column;
    private final String title;
    private final String tip;
    private final String value;
    private final String error;

    Measure(String column, String title, String tip, String value, String error) {
      this.column = column;
      this.title = title;
      this.tip = tip;
      this.value = value;
      this.error = error;
    }
  }

  private SetMeasureColumns() {}

  /** Headings of the columns. */
  static List<Column> columns(List<Row> evaluations) {
    List<Column> columns = new ArrayList<>();
    for (Measure measure : present(evaluations)) {
      columns.add(number(measure.title, measure.tip));
    }
    return columns;
  }

  /** The cells of one of the evaluations, which sort by value. */
  static List<Cell> cells(List<Row> evaluations, Row row) {
    List<Cell> cells = new ArrayList<>();
    for (Measure measure : present(evaluations)) {
      Double value = Comparison.number(row, measure.column);
      Double error = Comparison.number(row, measure.column + "_std_err");
      String text =
          value == null
              ? "–"
              : format(measure.value, value) + (error == null ? "" : format(measure.error, error));
      cells.add(new Cell(text, value, null, null));
    }
    return cells;
  }

  private static List<Measure> present(List<Row> evaluations) {
    return List.of(Measure.values()).stream()
        .filter(
            measure ->
                evaluations.stream()
                    .anyMatch(row -> Comparison.number(row, measure.column) != null))
        .toList();
  }
}
