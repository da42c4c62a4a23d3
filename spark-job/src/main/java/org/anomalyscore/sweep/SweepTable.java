package org.anomalyscore.sweep;

import static org.anomalyscore.command.TextTable.left;
import static org.anomalyscore.command.TextTable.right;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.stats.DistributionSummary;
import org.anomalyscore.stats.KolmogorovSmirnov2D;
import org.anomalyscore.stats.TwoSampleTests;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.TableRow;

/**
 * What a generated set and the reference come to under one run of a sweep, and many on a terminal.
 */
public final class SweepTable {

  /** What the terminal and the page show, in this order. */
  static final List<Statistic> SHOWN =
      List.of(
          Statistic.REFERENCE_MEAN_COMPLEXITY,
          Statistic.MEAN_COMPLEXITY,
          Statistic.REFERENCE_MEAN_VULNERABILITY,
          Statistic.MEAN_VULNERABILITY,
          Statistic.ANOMALY_SCORE,
          Statistic.KS_COMPLEXITY,
          Statistic.KS_VULNERABILITY,
          Statistic.COMPLEXITY_FLOOR,
          Statistic.SEED_SD_COMPLEXITY,
          Statistic.SEED_SD_VULNERABILITY,
          Statistic.SEED_SD_AS_I);

  private SweepTable() {}

  /**
   * Fills the numbers of a row of {@code sweeps}. The scores are those that {@code evaluate} gives
   * for the same images and parameters; undefined ones stay NULL.
   *
   * @param runs of the row's setting, a seed each
   * @param run the row's own, one of them
   */
  public static void fill(
      TableRow row, SweptSet reference, SweptSet generated, int[] runs, int run) {
    SweptSet.Run real = reference.run(run);
    SweptSet.Run made = generated.run(run);
    row.with("reference", reference.dataset())
        .with("n_reference", (long) real.complexity().length)
        .with("dataset", generated.dataset())
        .with("n", (long) made.complexity().length);
    putSet(row, "", generated, made, runs);
    putSet(row, "reference_", reference, real, runs);
    if (real.complexity().length > 0 && made.complexity().length > 0) {
      row.with(
              "anomaly_score",
              KolmogorovSmirnov2D.of(
                      real.complexity(),
                      real.vulnerability(),
                      made.complexity(),
                      made.vulnerability())
                  .statistic())
          .with(
              "ks_complexity",
              TwoSampleTests.kolmogorovSmirnov(real.complexity(), made.complexity()))
          .with(
              "ks_vulnerability",
              TwoSampleTests.kolmogorovSmirnov(real.vulnerability(), made.vulnerability()));
    }
  }

  private static void putSet(
      TableRow row, String prefix, SweptSet set, SweptSet.Run run, int[] runs) {
    if (run.complexity().length > 0) {
      row.with(prefix + "mean_complexity", DistributionSummary.of(run.complexity()).mean())
          .with(prefix + "mean_vulnerability", DistributionSummary.of(run.vulnerability()).mean())
          .with(
              prefix + "complexity_floor", DistributionSummary.of(run.complexityFloor()).median());
    }
    row.with(prefix + "seed_sd_complexity", set.seedDeviationOfComplexity(runs))
        .with(prefix + "seed_sd_vulnerability", set.seedDeviationOfVulnerability(runs))
        .with(prefix + "seed_sd_as_i", set.seedDeviationOfAsI(runs));
  }

  /** A line a setting and generated set, numbers averaged over the seeds. */
  public static String render(List<TableRow> rows) {
    Map<List<Object>, List<TableRow>> lines = new LinkedHashMap<>();
    for (TableRow row : rows) {
      lines
          .computeIfAbsent(
              List.of(row.get("parameter"), row.get("value"), row.get("dataset")),
              key -> new ArrayList<>())
          .add(row);
    }
    return TextTable.render(List.copyOf(lines.values()), columns());
  }

  private static List<ColumnData<List<TableRow>>> columns() {
    List<ColumnData<List<TableRow>>> columns = new ArrayList<>();
    columns.add(left("varied", seeds -> seeds.get(0).get("parameter").toString()));
    columns.add(right("value", SweepTable::value));
    columns.add(left("data set", seeds -> seeds.get(0).get("dataset").toString()));
    columns.add(right("n", SweepTable::images));
    for (Statistic statistic : SHOWN) {
      columns.add(number(statistic));
      if (statistic == Statistic.ANOMALY_SCORE) {
        columns.add(right("over seeds", SweepTable::range));
      }
    }
    return columns;
  }

  private static String value(List<TableRow> seeds) {
    Double value = (Double) seeds.get(0).get("value");
    return String.format(Locale.ROOT, "%.6g", value).replaceFirst("\\.?0+(e|$)", "$1")
        + (value.equals(seeds.get(0).get("profile_value")) ? " *" : "  ");
  }

  /** Which images have a score may depend on the seed. */
  private static String images(List<TableRow> seeds) {
    return String.format(
        Locale.ROOT,
        "%.0f",
        seeds.stream().mapToLong(row -> (Long) row.get("n")).average().orElseThrow());
  }

  private static String range(List<TableRow> seeds) {
    DoubleSummaryStatistics scores = statistics(seeds, Statistic.ANOMALY_SCORE);
    return scores.getCount() == 0
        ? "-"
        : Statistic.ANOMALY_SCORE.text(scores.getMin())
            + ".."
            + Statistic.ANOMALY_SCORE.text(scores.getMax());
  }

  private static DoubleSummaryStatistics statistics(List<TableRow> seeds, Statistic statistic) {
    return seeds.stream()
        .map(row -> (Double) row.get(statistic.column()))
        .filter(Objects::nonNull)
        .mapToDouble(Double::doubleValue)
        .summaryStatistics();
  }

  private static ColumnData<List<TableRow>> number(Statistic statistic) {
    return right(
        TextTable.title(statistic),
        seeds -> {
          DoubleSummaryStatistics numbers = statistics(seeds, statistic);
          return numbers.getCount() == 0 ? "-" : statistic.text(numbers.getAverage());
        });
  }
}
