package org.anomalyscore.evaluate;

import com.github.freva.asciitable.ColumnData;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.table.TableRow;

/** The set measures of a leaderboard, below it, where the scores came with features. */
final class SetMeasuresTable {

  private SetMeasuresTable() {}

  /** Empty where no set has features. */
  static String render(Evaluator.Result result) {
    List<TableRow> rows =
        result.rows().stream().filter(row -> row.get("n_features") != null).toList();
    if (rows.isEmpty()) {
      return "";
    }
    String table =
        TextTable.render(
            rows,
            List.of(
                TextTable.left("data set", row -> row.get("dataset").toString()),
                TextTable.right(
                    "n", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n_features"))),
                measure("Frechet", "frechet_distance", "%.4g", "%.2g"),
                measure("kernel", "kernel_distance", "%.4g", "%.2g"),
                measure("precision", "precision", "%.4f", "%.3f"),
                measure("recall", "recall", "%.4f", "%.3f"),
                measure("density", "density", "%.4f", "%.3f"),
                measure("coverage", "coverage", "%.4f", "%.3f")));
    return String.format(
        Locale.ROOT,
        "%n%nSet measures on the features of %s, %,d images of the reference%n%n%s%n%nFrechet and"
            + " kernel distance are 0 for sets of one distribution, and are called FID and KID"
            + " where the%nfeature model is Inception-v3. Small sets have a higher Frechet"
            + " distance. +- is one standard error; of%nkernel, the spread over its subsets, which"
            + " sets of 1,000 images or fewer do not have.",
        result.model(),
        (Long) rows.get(0).get("n_features_reference"),
        table);
  }

  private static ColumnData<TableRow> measure(
      String title, String column, String format, String errorFormat) {
    return TextTable.right(
        title,
        row ->
            row.get(column) instanceof Double value
                ? String.format(Locale.ROOT, format, value)
                    + (row.get(column + "_std_err") instanceof Double error
                        ? String.format(Locale.ROOT, " +- " + errorFormat, error)
                        : "")
                : "-");
  }
}
