package org.anomalyscore.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.anomalyscore.labels.LabelPart;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.storage.VisibleText;
import org.apache.spark.sql.Row;

/**
 * What the page's script draws; {@code report.js} reads it by these names.
 *
 * @param side bins of C and of V
 * @param steps of the grids of C and V, see {@link Quantiles#rank}
 * @param labels see {@link LabelPart}
 */
record FigureData(int side, int steps, List<Group> comparisons, List<LabelPart.Figure> labels) {

  /** Evaluations that all histories together may show, so that years of nights fit. */
  private static final int ALL_POINTS = 20_000;

  /** Lines that a reader can tell apart. */
  private static final int MOST_LINES = 8;

  private static final MathContext DIGITS = new MathContext(5);

  /**
   * A comparison.
   *
   * @param axes low and high of C, V and AS-i; null where there are no rows
   * @param lines sets of the common history
   */
  record Group(String reference, List<Double> axes, List<Figure> sets, List<Integer> lines) {}

  /**
   * A set.
   *
   * @param c C on the grid
   * @param v V on the grid
   * @param joint bin, count, bin, count ...
   * @param a counts of AS-i
   * @param score AS, low, high, mean and 95 % quantile of the null, p
   * @param history time in ms, AS, low, high, 95 % quantile of the null; oldest first
   * @param human human error rate and its standard error
   */
  record Figure(
      int id,
      String name,
      long n,
      List<Double> c,
      List<Double> v,
      List<Long> joint,
      List<Long> a,
      List<Double> score,
      List<List<Double>> history,
      List<Double> human) {}

  static FigureData of(
      List<Comparison> comparisons,
      List<ReportedSet> sets,
      Map<Integer, Shape> shapes,
      Map<Integer, Bins.Axes> axes,
      Map<Integer, Bins> bins,
      List<LabelPart.Figure> labels) {
    int points = Math.max(2, ALL_POINTS / sets.size());
    List<Group> groups = new ArrayList<>();
    for (int c = 0; c < comparisons.size(); c++) {
      Comparison comparison = comparisons.get(c);
      List<Figure> figures = new ArrayList<>();
      int next = 0;
      for (ReportedSet set : sets) {
        if (set.comparison() == c) {
          Row row = set.isReference() ? null : comparison.newest().get(next++);
          figures.add(figure(set, row, comparison, points, shapes.get(set.id()), bins));
        }
      }
      Bins.Axes a = axes.get(c);
      groups.add(
          new Group(
              VisibleText.of(comparison.reference()),
              a == null
                  ? null
                  : List.of(
                      a.complexity().low(),
                      a.complexity().high(),
                      a.vulnerability().low(),
                      a.vulnerability().high(),
                      a.asI().low(),
                      a.asI().high()),
              figures,
              lines(figures)));
    }
    return new FigureData(Bins.SIDE, Quantiles.STEPS, groups, labels);
  }

  private static Figure figure(
      ReportedSet set,
      Row row,
      Comparison comparison,
      int points,
      Shape shape,
      Map<Integer, Bins> bins) {
    List<Row> all = row == null ? List.of() : comparison.history().get(set.dataset());
    List<Row> last = all.subList(Math.max(0, all.size() - points), all.size());
    Bins counts = shape == null ? null : bins.get(set.id());
    List<Long> joint = new ArrayList<>();
    if (counts != null) {
      counts.joint().forEach((bin, count) -> joint.addAll(List.of((long) bin, count)));
    }
    return new Figure(
        set.id(),
        VisibleText.of(set.dataset()),
        shape == null ? 0 : shape.n(),
        shape == null ? null : rounded(shape.complexity()),
        shape == null ? null : rounded(shape.vulnerability()),
        joint,
        counts == null ? null : java.util.Arrays.stream(counts.asI()).boxed().toList(),
        row == null
            ? null
            : numbers(
                row,
                "anomaly_score",
                "anomaly_score_low",
                "anomaly_score_high",
                "null_mean",
                "null_q95",
                "p_value"),
        last.stream().map(FigureData::point).toList(),
        row == null ? null : numbers(row, "human_error_rate", "human_error_rate_std_err"));
  }

  private static List<Double> point(Row row) {
    List<Double> point = new ArrayList<>();
    point.add((double) row.<Timestamp>getAs("evaluated_at").getTime());
    point.addAll(
        numbers(row, "anomaly_score", "anomaly_score_low", "anomaly_score_high", "null_q95"));
    return point;
  }

  /** The sets whose AS changed most since the evaluation before, by their order in the board. */
  private static List<Integer> lines(List<Figure> figures) {
    return figures.stream()
        .filter(figure -> figure.history().size() > 1)
        .sorted(Comparator.comparingDouble(figure -> -Math.abs(change(figure))))
        .limit(MOST_LINES)
        .map(figures::indexOf)
        .sorted()
        .toList();
  }

  private static double change(Figure figure) {
    int last = figure.history().size() - 1;
    return figure.history().get(last).get(1) - figure.history().get(last - 1).get(1);
  }

  private static List<Double> numbers(Row row, String... columns) {
    List<Double> numbers = new ArrayList<>();
    for (String column : columns) {
      numbers.add(rounded(Comparison.number(row, column)));
    }
    return numbers;
  }

  private static List<Double> rounded(double[] values) {
    return java.util.Arrays.stream(values).mapToObj(FigureData::rounded).toList();
  }

  /** Five digits: a figure shows three. */
  private static Double rounded(Double value) {
    return value == null || !Double.isFinite(value)
        ? null
        : new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
