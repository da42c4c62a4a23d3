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
    String untested = untested(rows, value);
    if (rows.stream().allMatch(row -> isUntested(row, value))) {
      text.append("None of these measures was tested.");
    } else if (usable.isEmpty()) {
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
    if (!untested.isEmpty()) {
      text.append(" Not tested: ").append(untested).append('.');
    }
    return text.append(warning(rows, value)).toString();
  }

  private static <R> String untested(List<R> rows, BiFunction<R, String, Object> value) {
    return rows.stream()
        .filter(row -> isUntested(row, value))
        .map(row -> CalibratedMeasure.of(value.apply(row, "measure").toString()).title())
        .collect(Collectors.joining(", "));
  }

  private static <R> boolean isUntested(R row, BiFunction<R, String, Object> value) {
    return Verdict.NOT_TESTED.column().equals(value.apply(row, "verdict"));
  }

  /** That the permutations are too few for any verdict; empty where they are not. */
  private static <R> String warning(List<R> rows, BiFunction<R, String, Object> value) {
    int permutations = ((Number) value.apply(rows.get(0), "permutations")).intValue();
    int measures = (int) rows.stream().filter(row -> hasCorrelation(row, value)).count();
    if (!Calibration.isTooCoarse(permutations, measures)) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        " WARNING: with --permutations %,d no measure of %d can be found to agree. Give %,d or more.",
        permutations,
        measures,
        Math.round(measures / Verdict.SIGNIFICANT));
  }

  private static <R> boolean hasCorrelation(R row, BiFunction<R, String, Object> value) {
    return value.apply(row, column(row, value)) != null;
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
    return (Double) value.apply(row, column(row, value));
  }

  private static <R> String column(R row, BiFunction<R, String, Object> value) {
    return value.apply(row, "groups") == null ? "rank_correlation" : "within_groups";
  }
}
