package org.anomalyscore.evaluate;

import static org.anomalyscore.table.Statistic.REFERENCE_REPEATABILITY_AS_I;
import static org.anomalyscore.table.Statistic.REPEATABILITY_AS_I;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.anomalyscore.table.Statistic;

/** Whether the order of a set's single images by AS-i would repeat under another seed, in words. */
public final class ImageOrder {

  /** Below it, more of the differences between images is the noise's than theirs. */
  private static final double MOSTLY_CHANCE = 0.5;

  private ImageOrder() {}

  /**
   * What a reader of single images must know of their set.
   *
   * @param repeatability of AS-i; null where it is not known
   * @return null where there is nothing to warn of
   */
  public static String note(Double repeatability) {
    return repeatability == null || repeatability >= MOSTLY_CHANCE
        ? null
        : "The order of single images is mostly chance: the repeatability of AS-i is "
            + REPEATABILITY_AS_I.text(repeatability)
            + ".";
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
    sets.add(mostlyChance(first, "reference", REFERENCE_REPEATABILITY_AS_I, column));
    rows.forEach(row -> sets.add(mostlyChance(row, "dataset", REPEATABILITY_AS_I, column)));
    sets.removeIf(Objects::isNull);
    return sets.isEmpty()
        ? null
        : "The order of single images is mostly chance in "
            + String.join(", ", sets)
            + " (repeatability of AS-i).";
  }

  private static <T> String mostlyChance(
      T row, String name, Statistic statistic, BiFunction<T, String, Object> column) {
    return column.apply(row, statistic.column()) instanceof Double repeatability
            && repeatability < MOSTLY_CHANCE
        ? column.apply(row, name) + " " + statistic.text(repeatability)
        : null;
  }

  /** Whether no set has a repeatability, since scores are of one draw or of an earlier version. */
  static <T> boolean isUnknown(List<T> rows, BiFunction<T, String, Object> column) {
    return rows.stream()
        .flatMap(
            row ->
                Stream.of(REPEATABILITY_AS_I, REFERENCE_REPEATABILITY_AS_I)
                    .map(statistic -> column.apply(row, statistic.column())))
        .allMatch(Objects::isNull);
  }
}
