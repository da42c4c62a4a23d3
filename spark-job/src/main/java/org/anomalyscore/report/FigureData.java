package org.anomalyscore.report;

import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.FigureNumbers;
import org.anomalyscore.page.Part;
import org.anomalyscore.storage.VisibleText;
import org.apache.spark.sql.Row;

/**
 * What the page's script draws; {@code report.js} reads it by these names.
 *
 * @param side bins of C and of V
 * @param steps of the grids of C and V, see {@link Quantiles#rank}
 * @param parts what the parts of the report draw
 */
record FigureData(int side, int steps, List<Group> comparisons, List<Part.Figure> parts) {

  /** Evaluations that all histories together may show, so that years of nights fit. */
  private static final int ALL_POINTS = 20_000;

  /**
   * A comparison.
   *
   * @param axes low and high of C, V and AS-i; null where there are no rows
   */
  record Group(String reference, List<Double> axes, List<Figure> sets) {}

  /**
   * A set.
   *
   * @param c C on the grid
   * @param v V on the grid
   * @param joint bin, count, bin, count ...
   * @param a counts of AS-i
   * @param history time in ms, AS, low, high, 95 % quantile of the null; oldest first
   */
  record Figure(
      int id,
      String name,
      long n,
      List<Double> c,
      List<Double> v,
      List<Long> joint,
      List<Long> a,
      List<List<Double>> history) {}

  static FigureData of(
      List<Comparison> comparisons,
      List<ReportedSet> sets,
      Map<Integer, Shape> shapes,
      Map<Integer, Bins.Axes> axes,
      Map<Integer, Bins> bins,
      List<Part.Figure> parts) {
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
              figures));
    }
    return new FigureData(Bins.SIDE, Quantiles.STEPS, groups, parts);
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
        shape == null ? null : FigureNumbers.of(shape.complexity()),
        shape == null ? null : FigureNumbers.of(shape.vulnerability()),
        joint,
        counts == null ? null : Arrays.stream(counts.asI()).boxed().toList(),
        last.stream().map(FigureData::point).toList());
  }

  private static List<Double> point(Row row) {
    List<Double> point = new ArrayList<>();
    point.add((double) row.<Timestamp>getAs("evaluated_at").getTime());
    point.addAll(
        FigureNumbers.of(
            row, "anomaly_score", "anomaly_score_low", "anomaly_score_high", "null_q95"));
    return point;
  }
}
