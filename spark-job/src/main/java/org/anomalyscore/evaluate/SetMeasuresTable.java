package org.anomalyscore.evaluate;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Group;
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
    List<ColumnData<TableRow>> columns = new ArrayList<>();
    columns.add(TextTable.left("data set", row -> row.get("dataset").toString()));
    columns.add(
        TextTable.right(
            "n", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n_features"))));
    Statistic.of(Group.SET).forEach(measure -> columns.add(TextTable.number(measure)));
    return String.format(
        Locale.ROOT,
        "%n%nSet measures on the features of %s, %,d images of the reference%n%n%s%n%nFrechet and"
            + " kernel distance are 0 for sets of one distribution, and are called FID and KID"
            + " where the%nfeature model is Inception-v3. Small sets have a higher Frechet"
            + " distance. +- is one standard error; of%nkernel, the spread over its subsets, which"
            + " sets of 1,000 images or fewer do not have.",
        result.model(),
        (Long) rows.get(0).get("n_features_reference"),
        TextTable.render(rows, columns));
  }
}
