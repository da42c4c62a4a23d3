package org.anomalyscore.evaluate;

import static org.anomalyscore.command.TextTable.left;
import static org.anomalyscore.command.TextTable.number;
import static org.anomalyscore.command.TextTable.right;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.stats.Atypicality;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.TableRow;

/** Evaluations as an aligned table for a terminal, best first, with what a reader must know. */
public final class Leaderboard {

  private Leaderboard() {}

  /** The table and its notes. */
  public static String render(Evaluator.Result result) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "Anomaly Score against %s (%,d images), model %s, configuration %s%n%n",
            result.reference(),
            result.nReference(),
            result.model(),
            result.configId()));
    text.append(TextTable.render(result.rows(), columns(result.rows())));
    text.append(System.lineSeparator()).append(System.lineSeparator());
    text.append(
        "AS is 0 for sets that cannot be told apart, 1 for sets that never overlap; small sets"
            + " score higher:\ncompare it with 'chance', what two sets of these sizes from one"
            + " distribution give on average,\nand 'chance 95 %', which they exceed once in twenty."
            + " p is the permutation test's.");
    text.append(flags(result));
    notes(result).forEach(note -> text.append("\nNOTE: ").append(note));
    text.append(SetMeasuresTable.render(result));
    result.warnings().forEach(warning -> text.append("\n").append(warning));
    result
        .failed()
        .forEach((dataset, reason) -> text.append("\nFAILED ").append(dataset + ": " + reason));
    return VisibleText.ofLines(text.toString());
  }

  /** What a reader must know before the numbers are compared. */
  static List<String> notes(Evaluator.Result result) {
    List<String> notes = new ArrayList<>();
    if (sizesDiffer(result.rows())) {
      notes.add(
          "these sets differ in size by more than a factor of two, so their scores are not"
              + " comparable with\neach other: read each against its own chance.");
    }
    List<String> arithmetic =
        ArithmeticNote.of(result.rows(), (row, column) -> (String) row.get(column));
    if (!arithmetic.isEmpty()) {
      notes.add(String.join("\n", arithmetic));
    }
    notes.add(AsIDirection.note(result.rows(), TableRow::get));
    if (!result.rows().isEmpty()) {
      notes.add(ImageOrder.warning(result.rows(), TableRow::get));
    }
    notes.removeIf(note -> note == null);
    return notes;
  }

  /** Which images are unlike the reference's, a line a set that has some. */
  private static String flags(Evaluator.Result result) {
    if (result.nJudging() == 0) {
      return result.rows().isEmpty()
          ? ""
          : "\nNOTE: Single images " + EvaluationText.NOT_JUDGED + " in C and V.";
    }
    List<String> lines = new ArrayList<>();
    List<String> none = new ArrayList<>();
    double rate = Double.NaN;
    for (TableRow row : result.rows()) {
      // An evaluation has both where the reference has a scatter.
      double share = (Double) row.get(Statistic.FLAGGED.column());
      rate = (Double) row.get("flag_fdr");
      String dataset = row.get("dataset").toString();
      List<UnusualImage> worst = result.unusual().get(dataset);
      if (worst == null) {
        none.add(dataset);
        continue;
      }
      lines.add(
          "%n%s: %s. The most unusual:"
              .formatted(dataset, EvaluationText.flagged(share, (Long) row.get("n"), rate)));
      worst.forEach(
          image ->
              lines.add(
                  String.format(
                      Locale.ROOT,
                      "%n  %s (atypicality %.2f, %s: C %s, V %s)",
                      VisibleText.of(image.path()),
                      image.atypicality(),
                      image.direction(),
                      withError(image.complexity(), image.complexityStdErr()),
                      withError(image.vulnerability(), image.vulnerabilityStdErr()))));
    }
    if (!none.isEmpty()) {
      int least = Atypicality.leastReference(rate);
      lines.add(
          "%nNo image is flagged at a false discovery rate of %s %% of %s."
              .formatted(EvaluationText.percent(rate), String.join(", ", none)));
      if (result.nJudging() < least) {
        lines.add(" None could be: that takes at least %d reference images.".formatted(least));
      }
    }
    return lines.isEmpty() ? "" : "\n" + String.join("", lines).stripLeading();
  }

  private static String withError(double value, Double error) {
    return String.format(Locale.ROOT, "%.4g", value)
        + (error == null ? "" : String.format(Locale.ROOT, " +- %.2g", error));
  }

  private static List<ColumnData<TableRow>> columns(List<TableRow> rows) {
    List<ColumnData<TableRow>> columns = new ArrayList<>();
    columns.add(left("data set", row -> row.get("dataset").toString()));
    columns.add(right("n", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n"))));
    // The interval beside it says more than a standard error would.
    columns.add(right(Statistic.ANOMALY_SCORE.title(), Leaderboard::score));
    columns.add(right("interval", Leaderboard::interval));
    for (Statistic statistic :
        List.of(
            Statistic.P_VALUE,
            Statistic.NULL_MEAN,
            Statistic.NULL_Q95,
            Statistic.MEAN_COMPLEXITY,
            Statistic.MEAN_VULNERABILITY,
            Statistic.AS_I_MEDIAN)) {
      columns.add(number(statistic));
    }
    // Scores of one draw do not say it.
    if (rows.stream().anyMatch(row -> row.get(Statistic.REPEATABILITY_AS_I.column()) != null)) {
      columns.add(number(Statistic.REPEATABILITY_AS_I));
    }
    return columns;
  }

  private static String score(TableRow row) {
    return Statistic.ANOMALY_SCORE.text((Double) row.get(Statistic.ANOMALY_SCORE.column()));
  }

  private static String interval(TableRow row) {
    return row.get(Statistic.ANOMALY_SCORE_LOW.column()) instanceof Double low
            && row.get(Statistic.ANOMALY_SCORE_HIGH.column()) instanceof Double high
        ? Statistic.ANOMALY_SCORE_LOW.text(low) + ".." + Statistic.ANOMALY_SCORE_HIGH.text(high)
        : "-";
  }

  private static boolean sizesDiffer(List<TableRow> rows) {
    long least = rows.stream().mapToLong(row -> (Long) row.get("n")).min().orElse(1);
    long most = rows.stream().mapToLong(row -> (Long) row.get("n")).max().orElse(1);
    return most > 2 * least;
  }
}
