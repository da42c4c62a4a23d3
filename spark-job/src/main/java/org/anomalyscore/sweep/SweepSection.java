package org.anomalyscore.sweep;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.HtmlTable.Cell;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Row;

/**
 * The last sweep of a feature model against a reference; {@code sweep.ftlh} reads these names. All
 * foreign text has gone through {@link VisibleText}.
 *
 * @param names of the sets, the reference first; a line's {@code set} counts in them
 */
public record SweepSection(
    String model,
    String reference,
    String swept,
    List<String> names,
    List<Chart> charts,
    HtmlTable table) {

  private static final double LEFT = 56;
  private static final double RIGHT = 408;
  private static final double TOP = 26;
  private static final double BOTTOM = 186;

  /** Lines over the values of one parameter, which stand at equal distances. */
  record Chart(
      String title, String caption, List<Tick> columns, List<Tick> rows, List<Line> lines) {}

  /** A label at a place of an axis, in units of the drawing. */
  record Tick(double at, String label) {}

  /** A set's points; those without a number are left out. */
  record Line(int set, List<Point> points) {}

  /** A mean over seeds, and the lowest and highest of them; y grows downwards. */
  record Point(double x, double y, double low, double high, String label) {}

  /** A point before it is placed. */
  private record Value(int column, DoubleSummaryStatistics seeds) {}

  /** The newest sweep of each reported model and reference, newest first. */
  public static List<SweepSection> read(TableStore store, List<Comparison> comparisons) {
    Set<List<String>> reported =
        comparisons.stream()
            .map(comparison -> List.of(comparison.model(), comparison.reference()))
            .collect(Collectors.toSet());
    List<Row> newest =
        store
            .read(Table.SWEEPS)
            .groupBy("model", "reference")
            .agg(
                // The run_id decides between two sweeps of one time.
                max_by(col("run_id"), struct(col("swept_at"), col("run_id"))).as("run_id"),
                max("swept_at").as("swept_at"))
            .orderBy(col("swept_at").desc(), col("model"), col("reference"))
            .collectAsList();
    List<SweepSection> sections = new ArrayList<>();
    for (Row sweep : newest) {
      String model = Comparison.text(sweep, "model");
      String reference = Comparison.text(sweep, "reference");
      if (reported.contains(List.of(model, reference))) {
        sections.add(
            of(
                store
                    .read(Table.SWEEPS)
                    .where(
                        col("run_id")
                            .equalTo(Comparison.text(sweep, "run_id"))
                            .and(col("model").equalTo(model))
                            .and(col("reference").equalTo(reference)))
                    .orderBy("parameter", "value", "dataset", "seed")
                    .collectAsList()));
      }
    }
    return sections;
  }

  private static SweepSection of(List<Row> rows) {
    Row first = rows.get(0);
    List<String> generated = distinct(rows, "dataset");
    List<String> names = new ArrayList<>();
    names.add(VisibleText.of(Comparison.text(first, "reference")) + " (reference)");
    generated.forEach(name -> names.add(VisibleText.of(name)));
    List<Chart> charts = new ArrayList<>();
    for (String parameter : distinct(rows, "parameter")) {
      List<Row> varied = rows.stream().filter(row -> is(row, "parameter", parameter)).toList();
      String measure = parameter.startsWith("noise") ? "complexity" : "vulnerability";
      charts.add(
          chart(
              "Mean " + (measure.equals("complexity") ? "C" : "V") + " against " + parameter,
              "Where the lines keep their distance, the measure tells the sets apart whatever the"
                  + " parameter.",
              varied,
              generated,
              "reference_mean_" + measure,
              "mean_" + measure));
      charts.add(
          chart(
              "AS against " + parameter,
              "A flat line is a score that does not hang on the parameter; long thin lines are one"
                  + " that hangs on the seed.",
              varied,
              generated,
              null,
              "anomaly_score"));
    }
    return new SweepSection(
        VisibleText.of(Comparison.text(first, "model")),
        VisibleText.of(Comparison.text(first, "reference")),
        HtmlTable.minute(first.getAs("swept_at")),
        names,
        charts,
        table(rows, generated));
  }

  private static List<String> distinct(List<Row> rows, String column) {
    return List.copyOf(
        new LinkedHashSet<>(rows.stream().map(row -> Comparison.text(row, column)).toList()));
  }

  private static boolean is(Row row, String column, Object value) {
    return value.equals(row.getAs(column));
  }

  /**
   * @param ofReference the reference's column, or null for none
   */
  private static Chart chart(
      String title,
      String caption,
      List<Row> rows,
      List<String> generated,
      String ofReference,
      String column) {
    List<Double> values = values(rows);
    Map<Integer, List<Value>> lines = new LinkedHashMap<>();
    for (int v = 0; v < values.size(); v++) {
      for (int set = ofReference == null ? 1 : 0; set <= generated.size(); set++) {
        // The reference's numbers stand in the rows of each generated set.
        String dataset = generated.get(Math.max(0, set - 1));
        DoubleSummaryStatistics seeds =
            seeds(rows, dataset, values.get(v), set == 0 ? ofReference : column);
        if (seeds.getCount() > 0) {
          lines.computeIfAbsent(set, s -> new ArrayList<>()).add(new Value(v, seeds));
        }
      }
    }
    DoubleSummaryStatistics all = new DoubleSummaryStatistics();
    lines.values().stream()
        .flatMap(List::stream)
        .forEach(
            value -> {
              all.accept(value.seeds.getMin());
              all.accept(value.seeds.getMax());
            });
    double low = all.getCount() == 0 ? 0 : all.getMin();
    double high = all.getCount() == 0 ? 1 : Math.max(all.getMax(), low + 1e-9);
    List<Tick> columns = new ArrayList<>();
    double profile = rows.get(0).getAs("profile_value");
    for (int v = 0; v < values.size(); v++) {
      columns.add(
          new Tick(x(v, values), number(values.get(v)) + (values.get(v) == profile ? " *" : "")));
    }
    List<Tick> ticks = new ArrayList<>();
    for (double share : new double[] {0, 0.5, 1}) {
      double at = low + share * (high - low);
      ticks.add(new Tick(y(at, low, high), HtmlTable.format("%.3g", at)));
    }
    List<Line> placed = new ArrayList<>();
    lines.forEach(
        (set, points) ->
            placed.add(
                new Line(
                    set, points.stream().map(point -> place(point, values, low, high)).toList())));
    return new Chart(title, caption, columns, ticks, placed);
  }

  private static Point place(Value value, List<Double> values, double low, double high) {
    DoubleSummaryStatistics seeds = value.seeds;
    return new Point(
        x(value.column, values),
        y(seeds.getAverage(), low, high),
        y(seeds.getMin(), low, high),
        y(seeds.getMax(), low, high),
        HtmlTable.format(
            "%s: %.4g (%.4g to %.4g)",
            number(values.get(value.column)), seeds.getAverage(), seeds.getMin(), seeds.getMax()));
  }

  private static double x(int column, List<Double> values) {
    return tenth(LEFT + (RIGHT - LEFT) * (column + 0.5) / values.size());
  }

  private static double y(double value, double low, double high) {
    return tenth(BOTTOM - (BOTTOM - TOP) * (value - low) / (high - low));
  }

  private static double tenth(double place) {
    return Math.round(10 * place) / 10.0;
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
          for (String[] column : COLUMNS) {
            DoubleSummaryStatistics seeds = seeds(varied, dataset, value, column[1]);
            line.add(
                HtmlTable.cell(
                    seeds.getCount() == 0 ? null : (Double) seeds.getAverage(), column[2]));
          }
          cells.add(line);
        }
      }
    }
    List<HtmlTable.Column> columns = new ArrayList<>();
    columns.add(HtmlTable.text("Varied"));
    columns.add(HtmlTable.number("Value", ""));
    columns.add(HtmlTable.text("Data set"));
    for (String[] column : COLUMNS) {
      columns.add(HtmlTable.number(column[0], column[3]));
    }
    return new HtmlTable("Sweep, means over seeds", columns, cells);
  }

  /** Title, column of {@code sweeps}, format, hint. */
  private static final String[][] COLUMNS = {
    {"C real", "reference_mean_complexity", "%.4f", "Mean complexity of the reference, radians"},
    {"C", "mean_complexity", "%.4f", "Mean complexity, radians"},
    {"V real", "reference_mean_vulnerability", "%.4g", "Mean vulnerability of the reference"},
    {"V", "mean_vulnerability", "%.4g", "Mean vulnerability"},
    {"AS", "anomaly_score", "%.4f", "Anomaly Score, 0 to 1; lower is more natural"},
    {"KS of C", "ks_complexity", "%.4f", "One-dimensional statistic"},
    {"KS of V", "ks_vulnerability", "%.4f", "One-dimensional statistic"},
    {"Floor", "complexity_floor", "%.4f", "Median; about 0.01 where a step is above rounding"},
    {"Seed C", "seed_sd_complexity", "%.3f", "Relative standard deviation over seeds"},
    {"Seed V", "seed_sd_vulnerability", "%.3f", "Relative standard deviation over seeds"},
    {"Seed AS-i", "seed_sd_as_i", "%.3f", "Relative standard deviation over seeds"},
  };
}
