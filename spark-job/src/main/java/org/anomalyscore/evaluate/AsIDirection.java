package org.anomalyscore.evaluate;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Statistic;

/**
 * Which way AS-i goes under a feature model, by the sets that differ from the reference: where one
 * of them has a lower median AS-i, a high AS-i is no sign of an unnatural image.
 */
final class AsIDirection {

  private static final int MOST_NAMED = 5;

  private AsIDirection() {}

  /**
   * What a reader must know of it.
   *
   * @param rows of {@code evaluations} against one reference under one configuration
   * @param value of a row's column, or null
   * @return null where no set speaks against a high AS-i
   */
  static <R> String note(List<R> rows, BiFunction<R, String, Object> value) {
    List<R> against = rows.stream().filter(row -> isReversed(row, value)).toList();
    if (against.isEmpty()) {
      return null;
    }
    String sets =
        against.stream()
            .limit(MOST_NAMED)
            .map(
                row ->
                    "%s (%s against %s)"
                        .formatted(
                            VisibleText.of(value.apply(row, "dataset").toString()),
                            text(row, value, Statistic.AS_I_MEDIAN),
                            text(row, value, Statistic.REFERENCE_AS_I_MEDIAN)))
            .collect(Collectors.joining(", "));
    int more = against.size() - MOST_NAMED;
    return "AS-i ranks the wrong way under this feature model for %s%s: the images differ from the"
            .formatted(sets, more > 0 ? " and %d more sets".formatted(more) : "")
        + " reference's, and their median AS-i is lower. Find bad images by atypicality, and not by"
        + " a high AS-i.";
  }

  private static <R> boolean isReversed(R row, BiFunction<R, String, Object> value) {
    Boolean differs =
        EvaluationText.differs(
            number(row, value, Statistic.P_VALUE),
            number(row, value, Statistic.NULL_Q95),
            number(row, value, Statistic.ANOMALY_SCORE));
    Double median = number(row, value, Statistic.AS_I_MEDIAN);
    Double reference = number(row, value, Statistic.REFERENCE_AS_I_MEDIAN);
    return Boolean.TRUE.equals(differs)
        && median != null
        && reference != null
        && median < reference;
  }

  private static <R> Double number(R row, BiFunction<R, String, Object> value, Statistic column) {
    return (Double) value.apply(row, column.column());
  }

  private static <R> String text(R row, BiFunction<R, String, Object> value, Statistic column) {
    return column.text(number(row, value, column));
  }
}
