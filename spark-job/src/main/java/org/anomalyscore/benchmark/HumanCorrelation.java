package org.anomalyscore.benchmark;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.stats.Correlation;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Direction;
import org.anomalyscore.table.TableRow;

/**
 * How a statistic of generators goes with how often people take their images for photographs. One
 * that sees what people see has a coefficient near -1 where lower is better, near 1 where higher
 * is.
 *
 * @param statistic column of {@code evaluations}
 * @param n generators
 * @param pearson see {@link Correlation}; null where undefined, as the others
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record HumanCorrelation(
    String statistic, int n, Double pearson, Double pearsonP, Double spearman, Double spearmanP) {

  private static final int PERMUTATIONS = 10_000;

  /**
   * Correlates all {@link Statistic#comparedWithPeople} that are known, the set measures where
   * there are features, with the human error rates.
   *
   * @param rows of {@code evaluations} under one configuration
   * @return nothing for fewer than three rows with a human error rate
   */
  public static List<HumanCorrelation> of(List<TableRow> rows) {
    List<HumanCorrelation> correlations = new ArrayList<>();
    for (Statistic compared : Statistic.comparedWithPeople()) {
      String statistic = compared.column();
      List<TableRow> known =
          rows.stream()
              .filter(row -> row.get("human_error_rate") != null && row.get(statistic) != null)
              .toList();
      if (known.size() >= Correlation.LEAST_COUNT) {
        Correlation c =
            Correlation.of(
                column(known, "human_error_rate"), column(known, statistic), PERMUTATIONS, 0);
        correlations.add(
            new HumanCorrelation(
                statistic,
                c.count(),
                orNull(c.pearson()),
                orNull(c.pearsonP()),
                orNull(c.spearman()),
                orNull(c.spearmanP())));
      }
    }
    return correlations;
  }

  /** A line for each statistic, and how to read them. */
  public static String render(List<HumanCorrelation> correlations) {
    List<String> rising =
        Statistic.comparedWithPeople().stream()
            .filter(statistic -> statistic.direction() == Direction.HIGHER_IS_BETTER)
            .map(Statistic::column)
            .filter(column -> correlations.stream().anyMatch(c -> c.statistic.equals(column)))
            .toList();
    StringBuilder text =
        new StringBuilder("Correlation with human error rates; near -1 where people agree");
    if (!rising.isEmpty()) {
      text.append(" (").append(String.join(", ", rising)).append(": near 1)");
    }
    text.append(":\n");
    for (HumanCorrelation c : correlations) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-25s Pearson %s (p %s), Spearman %s (p %s), %d generators%n",
              c.statistic,
              number("%6.3f", c.pearson),
              number("%.3g", c.pearsonP),
              number("%6.3f", c.spearman),
              number("%.3g", c.spearmanP),
              c.n));
    }
    return text.toString();
  }

  private static String number(String format, Double value) {
    return value == null ? "-" : String.format(Locale.ROOT, format, value);
  }

  private static double[] column(List<TableRow> rows, String name) {
    return rows.stream().mapToDouble(row -> (Double) row.get(name)).toArray();
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
