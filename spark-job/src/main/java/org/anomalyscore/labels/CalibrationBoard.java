package org.anomalyscore.labels;

import static org.anomalyscore.command.TextTable.left;
import static org.anomalyscore.command.TextTable.right;

import com.github.freva.asciitable.ColumnData;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.TableRow;

/** A {@link Calibration} as an aligned table for a terminal, with what a reader must know. */
final class CalibrationBoard {

  private CalibrationBoard() {}

  /** The table, its notes and the verdict. */
  static String render(Calibration.Result result) {
    TableRow first = result.rows().get(0);
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s by the labels of %s%s, model %s, configuration %s%n%n",
            result.dataset(),
            first.get("labels"),
            first.get("reference") == null ? "" : ", beside " + first.get("reference"),
            result.model(),
            result.configId()));
    text.append(TextTable.render(result.rows(), columns(first)));
    text.append(
        String.format(
            Locale.ROOT,
            "%n%nRank correlation with the label, with its interval of %s %%; p by permutation."
                + " %,d images have no label; %,d labels have no image. %s%n%n%s",
            percent((Double) first.get("confidence")),
            (Long) first.get("unlabelled"),
            (Long) first.get("unmatched"),
            groups(result.rows()),
            CalibrationText.verdict(result.rows(), TableRow::get)));
    return VisibleText.ofLines(text.toString());
  }

  private static String groups(List<TableRow> rows) {
    return rows.stream()
        .map(row -> row.get("groups"))
        .filter(Objects::nonNull)
        .findFirst()
        .map(n -> String.format(Locale.ROOT, "The labels name %,d groups, which decide.", (Long) n))
        .orElse("The labels name no groups.");
  }

  private static String percent(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).stripTrailingZeros().toPlainString();
  }

  private static List<ColumnData<TableRow>> columns(TableRow first) {
    List<ColumnData<TableRow>> columns = new ArrayList<>();
    columns.add(
        left("measure", row -> CalibratedMeasure.of(row.get("measure").toString()).title()));
    columns.add(right("n", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n"))));
    add(columns, "over all", "rank_correlation");
    if (first.get("groups") != null) {
      add(columns, "within groups", "within_groups");
    }
    columns.add(left("verdict", row -> Verdict.ofColumn(row.get("verdict").toString()).words()));
    return columns;
  }

  private static void add(List<ColumnData<TableRow>> columns, String title, String column) {
    columns.add(
        right(
            title,
            row ->
                TextTable.number(row, column, "%.3f")
                    + " ("
                    + TextTable.number(row, column + "_low", "%.3f")
                    + ".."
                    + TextTable.number(row, column + "_high", "%.3f")
                    + ")"));
    columns.add(TextTable.number("p", column + "_p", "%.3g"));
    columns.add(TextTable.number("corrected", column + "_corrected", "%.3f"));
  }
}
