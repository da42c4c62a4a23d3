package org.anomalyscore.sweep;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.page.Part;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/** The last sweep of each reported feature model against a reported reference. */
public final class SweepPart implements Part {

  /** What {@code sweep.ftlh} prints of one sweep. */
  record Model(
      String model, String reference, String swept, List<Drawing> drawings, HtmlTable table) {}

  /** A figure's id and its words. */
  record Drawing(String figure, String title, String caption) {}

  /**
   * A figure: lines over the values of one parameter, which stand at equal distances.
   *
   * @param axis what the lines show
   * @param values of the parameter, rising; that of the profile is marked by *
   */
  record Chart(String title, String axis, List<String> values, List<Line> lines) {}

  /**
   * A set's points; those without a number are left out.
   *
   * @param set 0 for the reference, then the generated sets
   */
  record Line(int set, String name, List<Point> points) {}

  /** A mean over seeds, and the lowest and highest of them, at a place of {@code values}. */
  record Point(int place, double mean, double low, double high) {}

  @Override
  public Table table() {
    return Table.SWEEPS;
  }

  /** Newest first. */
  @Override
  public List<Block> read(TableStore store, List<Comparison> comparisons) {
    Set<List<String>> reported =
        comparisons.stream()
            .map(comparison -> List.of(comparison.model(), comparison.reference()))
            .collect(Collectors.toSet());
    Map<List<String>, List<Row>> sweeps = new LinkedHashMap<>();
    for (Row row :
        NewestRun.rows(
                store
                    .read(Table.SWEEPS)
                    .where(
                        col("model")
                            .isin(comparisons.stream().map(Comparison::model).toArray())
                            .and(
                                col("reference")
                                    .isin(
                                        comparisons.stream()
                                            .map(Comparison::reference)
                                            .toArray()))),
                "swept_at",
                "model",
                "reference")
            .orderBy(
                col("swept_at").desc(),
                col("model"),
                col("reference"),
                col("parameter"),
                col("value"),
                col("dataset"),
                col("seed"))
            .collectAsList()) {
      List<String> key = List.of(Comparison.text(row, "model"), Comparison.text(row, "reference"));
      if (reported.contains(key)) {
        sweeps.computeIfAbsent(key, sweep -> new ArrayList<>()).add(row);
      }
    }
    List<Block> blocks = new ArrayList<>();
    sweeps.values().forEach(rows -> blocks.add(block("sweep-" + blocks.size(), rows)));
    return blocks;
  }

  private static Block block(String id, List<Row> rows) {
    Row first = rows.get(0);
    List<String> generated = distinct(rows, "dataset");
    List<Drawing> drawings = new ArrayList<>();
    List<Figure> figures = new ArrayList<>();
    for (String parameter : distinct(rows, "parameter")) {
      List<Row> varied = rows.stream().filter(row -> is(row, "parameter", parameter)).toList();
      String measure =
          Parameter.named(parameter).changes() == Parameter.Part.COMPLEXITY
              ? "complexity"
              : "vulnerability";
      String symbol = measure.equals("complexity") ? "C" : "V";
      List<Line> means = new ArrayList<>();
      String reference = VisibleText.of(Comparison.text(first, "reference")) + " (reference)";
      // The reference's numbers stand in the rows of each generated set.
      means.add(line(0, reference, generated.get(0), varied, "reference_mean_" + measure));
      means.addAll(lines(generated, varied, "mean_" + measure));
      add(
          drawings,
          figures,
          id,
          chart("Mean " + symbol + " against " + parameter, "mean " + symbol, varied, means),
          "Where the lines keep their distance, the measure tells the sets apart whatever the"
              + " parameter.");
      add(
          drawings,
          figures,
          id,
          chart("AS against " + parameter, "AS", varied, lines(generated, varied, "anomaly_score")),
          "A flat line is a score that does not depend on the parameter; long thin lines are one"
              + " that depends on the seed.");
    }
    return Block.ofPage(
        "sweep/sweep.ftlh",
        new Model(
            VisibleText.of(Comparison.text(first, "model")),
            VisibleText.of(Comparison.text(first, "reference")),
            HtmlTable.minute(first.getAs("swept_at")),
            drawings,
            table(rows, generated)),
        figures);
  }

  private static void add(
      List<Drawing> drawings, List<Figure> figures, String id, Chart chart, String caption) {
    String figure = id + "-" + figures.size();
    drawings.add(new Drawing(figure, chart.title(), caption));
    figures.add(new Figure(figure, chart));
  }

  private static List<String> distinct(List<Row> rows, String column) {
    return List.copyOf(
        new LinkedHashSet<>(rows.stream().map(row -> Comparison.text(row, column)).toList()));
  }

  private static boolean is(Row row, String column, Object value) {
    return value.equals(row.getAs(column));
  }

  private static Chart chart(String title, String axis, List<Row> rows, List<Line> lines) {
    Double profile = rows.get(0).getAs("profile_value");
    return new Chart(
        title,
        axis,
        values(rows).stream()
            .map(value -> number(value) + (value.equals(profile) ? " *" : ""))
            .toList(),
        lines.stream().filter(line -> !line.points().isEmpty()).toList());
  }

  private static List<Line> lines(List<String> generated, List<Row> rows, String column) {
    List<Line> lines = new ArrayList<>();
    for (String dataset : generated) {
      lines.add(line(lines.size() + 1, VisibleText.of(dataset), dataset, rows, column));
    }
    return lines;
  }

  private static Line line(int set, String name, String dataset, List<Row> rows, String column) {
    List<Double> values = values(rows);
    List<Point> points = new ArrayList<>();
    for (int place = 0; place < values.size(); place++) {
      DoubleSummaryStatistics seeds = seeds(rows, dataset, values.get(place), column);
      if (seeds.getCount() > 0) {
        points.add(new Point(place, seeds.getAverage(), seeds.getMin(), seeds.getMax()));
      }
    }
    return new Line(set, name, points);
  }

  private static List<Double> values(List<Row> rows) {
    return rows.stream().map(row -> row.<Double>getAs("value")).distinct().sorted().toList();
  }

  private static DoubleSummaryStatistics seeds(
      List<Row> rows, String dataset, double value, String column) {
    return rows.stream()
        .filter(row -> is(row, "dataset", dataset) && is(row, "value", value))
        .map(row -> Comparison.number(row, column))
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .summaryStatistics();
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? HtmlTable.format("%.0f", value)
        : HtmlTable.format("%.3g", value).replaceFirst("\\.?0+($|e)", "$1");
  }

  private static HtmlTable table(List<Row> rows, List<String> generated) {
    List<List<Cell>> cells = new ArrayList<>();
    for (String parameter : distinct(rows, "parameter")) {
      List<Row> varied = rows.stream().filter(row -> is(row, "parameter", parameter)).toList();
      for (double value : values(varied)) {
        for (String dataset : generated) {
          List<Cell> line = new ArrayList<>();
          line.add(HtmlTable.cell(parameter));
          line.add(new Cell(number(value), value, null, null));
          line.add(HtmlTable.cell(dataset));
          for (Statistic statistic : SweepTable.SHOWN) {
            DoubleSummaryStatistics seeds = seeds(varied, dataset, value, statistic.column());
            line.add(
                seeds.getCount() == 0
                    ? HtmlTable.cell((String) null)
                    : new Cell(statistic.text(seeds.getAverage()), seeds.getAverage(), null, null));
          }
          cells.add(line);
        }
      }
    }
    List<HtmlTable.Column> columns = new ArrayList<>();
    columns.add(HtmlTable.text("Varied"));
    columns.add(HtmlTable.number("Value", ""));
    columns.add(HtmlTable.text("Data set"));
    SweepTable.SHOWN.forEach(statistic -> columns.add(HtmlTable.number(statistic)));
    return new HtmlTable("Sweep, means over seeds", columns, cells);
  }
}
