package org.anomalyscore.labels;

import static org.anomalyscore.command.TextTable.left;
import static org.anomalyscore.command.TextTable.number;
import static org.anomalyscore.command.TextTable.right;

import com.github.freva.asciitable.ColumnData;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.table.TableRow;

/** A {@link LabelSummary} as an aligned table for a terminal, with what a reader must know. */
final class LabelBoard {

  private LabelBoard() {}

  /** The table and its notes. */
  static String render(LabelSummary.Result result) {
    TableRow all = result.rows().get(result.rows().size() - 1);
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s by %s, model %s, configuration %s%n%n",
            result.dataset(),
            result.labels().equals("folder") ? "folder" : "the labels of " + result.labels(),
            result.model(),
            result.configId()));
    text.append(
        TextTable.render(
            result.rows(),
            List.of(
                left(
                    "label",
                    row -> row.get("label") == null ? "all labelled" : row.get("label").toString()),
                right("n", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n"))),
                mean("mean C", "mean_complexity", "%.4f"),
                mean("mean V", "mean_vulnerability", "%.2f"),
                mean("mean AS-i", "mean_as_i", "%.1f"))));
    text.append(
        String.format(
            Locale.ROOT,
            "%n%nMeans with 95 %% intervals. %,d images have no label; %,d labels have no image.",
            (Long) all.get("unlabelled"),
            (Long) all.get("unmatched")));
    if ((Boolean) all.get("ordered")) {
      text.append("\nTrend over the label's number (two-sided p; z > 0 rises):");
      for (String measure : LabelSummary.MEASURES) {
        text.append(
            String.format(
                Locale.ROOT,
                "%n  %-13s Spearman %s (p %s), Jonckheere-Terpstra z %s (p %s)",
                measure,
                number(all, "spearman_" + measure, "%6.3f"),
                number(all, "spearman_p_" + measure, "%.3g"),
                number(all, "jonckheere_z_" + measure, "%6.2f"),
                number(all, "jonckheere_p_" + measure, "%.3g")));
      }
    }
    return text.toString();
  }

  private static ColumnData<TableRow> mean(String title, String column, String format) {
    return right(
        title,
        row ->
            String.format(Locale.ROOT, format, (Double) row.get(column))
                + " ("
                + number(row, column + "_low", format)
                + ".."
                + number(row, column + "_high", format)
                + ")");
  }
}
