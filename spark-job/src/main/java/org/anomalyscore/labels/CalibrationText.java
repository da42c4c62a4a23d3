package org.anomalyscore.labels;

import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** What a calibration means, in words. */
final class CalibrationText {

  private CalibrationText() {}

  /**
   * Which of the measures may be used with this feature model to find bad images, or that none may.
   *
   * @param rows of {@code calibrations}
   * @param value of a row's column, or null
   */
  static <R> String verdict(List<R> rows, BiFunction<R, String, Object> value) {
    String usable = measures(rows, value, Verdict.USABLE);
    String weak = measures(rows, value, Verdict.WEAK);
    StringBuilder text = new StringBuilder();
    if (usable.isEmpty()) {
      text.append(
          "With this feature model none of these measures may be used to find single bad images of"
              + " this kind.");
    } else {
      text.append("With this feature model bad images of this kind may be looked for by ")
          .append(usable)
          .append('.');
    }
    if (!weak.isEmpty()) {
      text.append(" Beyond chance, but too weak for single images, agree ")
          .append(weak)
          .append('.');
    }
    return text.toString();
  }

  /** Measures of a verdict, each with the end at which the images of low labels lie. */
  private static <R> String measures(
      List<R> rows, BiFunction<R, String, Object> value, Verdict verdict) {
    return rows.stream()
        .filter(row -> verdict.column().equals(value.apply(row, "verdict")))
        .map(
            row -> {
              double rho = decisive(row, value);
              String title = CalibratedMeasure.of(value.apply(row, "measure").toString()).title();
              return String.format(
                  Locale.ROOT,
                  "a %s %s (rank correlation with the label %.2f)",
                  rho > 0 ? "low" : "high",
                  title,
                  rho);
            })
        .collect(Collectors.joining(", "));
  }

  private static <R> double decisive(R row, BiFunction<R, String, Object> value) {
    String column = value.apply(row, "groups") == null ? "rank_correlation" : "within_groups";
    return (Double) value.apply(row, column);
  }
}
