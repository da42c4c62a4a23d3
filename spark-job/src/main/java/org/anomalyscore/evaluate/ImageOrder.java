package org.anomalyscore.evaluate;

import static org.anomalyscore.table.Statistic.REFERENCE_REPEATABILITY_AS_I;
import static org.anomalyscore.table.Statistic.REFERENCE_REPEATABILITY_COMPLEXITY;
import static org.anomalyscore.table.Statistic.REFERENCE_REPEATABILITY_VULNERABILITY;
import static org.anomalyscore.table.Statistic.REPEATABILITY_AS_I;
import static org.anomalyscore.table.Statistic.REPEATABILITY_COMPLEXITY;
import static org.anomalyscore.table.Statistic.REPEATABILITY_VULNERABILITY;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.anomalyscore.table.Statistic;
import org.apache.spark.sql.Row;

/**
 * Whether the order of a set's single images would repeat under another seed, in words. Images are
 * ordered by atypicality, which is of C and V, or by AS-i: so the least repeatable of the three
 * decides.
 */
public final class ImageOrder {

  /** Below it, more of the differences between images is the noise's than theirs. */
  private static final double MOSTLY_CHANCE = 0.5;

  private static final List<Statistic> OF_SET =
      List.of(REPEATABILITY_COMPLEXITY, REPEATABILITY_VULNERABILITY, REPEATABILITY_AS_I);

  private static final List<Statistic> OF_REFERENCE =
      List.of(
          REFERENCE_REPEATABILITY_COMPLEXITY,
          REFERENCE_REPEATABILITY_VULNERABILITY,
          REFERENCE_REPEATABILITY_AS_I);

  private static final Map<Statistic, String> SYMBOLS =
      Map.of(
          REPEATABILITY_COMPLEXITY, "C",
          REFERENCE_REPEATABILITY_COMPLEXITY, "C",
          REPEATABILITY_VULNERABILITY, "V",
          REFERENCE_REPEATABILITY_VULNERABILITY, "V",
          REPEATABILITY_AS_I, "AS-i",
          REFERENCE_REPEATABILITY_AS_I, "AS-i");

  private ImageOrder() {}

  /**
   * What a reader of single images of a generated set must know.
   *
   * @param evaluation of the set
   * @return null where there is nothing to warn of, or nothing is known
   */
  public static String noteOfSet(Row evaluation) {
    return note(leastRepeatable(evaluation, OF_SET, Row::getAs));
  }

  /** The same of the reference that a set was evaluated against. */
  public static String noteOfReference(Row evaluation) {
    return note(leastRepeatable(evaluation, OF_REFERENCE, Row::getAs));
  }

  private static String note(String least) {
    return least == null
        ? null
        : "The order of single images is mostly chance: the least repeatability is " + least + ".";
  }

  /**
   * The same of all sets of a board in one sentence.
   *
   * @param rows evaluations against one reference, at least 1
   * @param column a row's text or number, by the column's name
   * @return null where there is nothing to warn of
   */
  static <T> String warning(List<T> rows, BiFunction<T, String, Object> column) {
    List<String> sets = new ArrayList<>();
    T first = rows.get(0);
    sets.add(named(first, "reference", leastRepeatable(first, OF_REFERENCE, column), column));
    rows.forEach(
        row -> sets.add(named(row, "dataset", leastRepeatable(row, OF_SET, column), column)));
    sets.removeIf(Objects::isNull);
    return sets.isEmpty()
        ? null
        : "The order of single images is mostly chance in "
            + String.join(", ", sets)
            + ": the least repeatability of C, V and AS-i.";
  }

  private static <T> String named(
      T row, String name, String least, BiFunction<T, String, Object> column) {
    return least == null ? null : column.apply(row, name) + " (" + least + ")";
  }

  /** The least of the known repeatabilities, as {@code C 0.31}; null where none is too low. */
  private static <T> String leastRepeatable(
      T row, List<Statistic> statistics, BiFunction<T, String, Object> column) {
    double least = MOSTLY_CHANCE;
    String text = null;
    for (Statistic statistic : statistics) {
      if (column.apply(row, statistic.column()) instanceof Double repeatability
          && repeatability < least) {
        least = repeatability;
        text = SYMBOLS.get(statistic) + " " + statistic.text(repeatability);
      }
    }
    return text;
  }

  /** Whether no set has a repeatability, since scores are of one draw or of an earlier version. */
  static <T> boolean isUnknown(List<T> rows, BiFunction<T, String, Object> column) {
    return rows.stream()
        .flatMap(
            row ->
                Stream.concat(OF_SET.stream(), OF_REFERENCE.stream())
                    .map(statistic -> column.apply(row, statistic.column())))
        .allMatch(Objects::isNull);
  }
}
