package org.anomalyscore.evaluate;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Group;
import org.anomalyscore.table.TableRow;

/** The set measures of a leaderboard, below it, where the scores came with features. */
final class SetMeasuresTable {

  /** Of one table, so that it fits a terminal. */
  private static final int MOST_COLUMNS = 7;

  private SetMeasuresTable() {}

  /** Empty where no set has features. */
  static String render(Evaluator.Result result) {
    List<TableRow> rows =
        result.rows().stream().filter(row -> row.get("n_features") != null).toList();
    if (rows.isEmpty()) {
      return "";
    }
    // Most feature models have no further outputs, and a column of them would be empty.
    List<Statistic> measures =
        Stream.concat(
                Statistic.of(Group.SET).stream(),
                Statistic.of(Group.OUTPUT).stream()
                    .filter(s -> rows.stream().anyMatch(row -> row.get(s.column()) != null)))
            .toList();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%n%nSet measures on the features of %s, %,d images of the reference",
            result.model(),
            (Long) rows.get(0).get("n_features_reference")));
    for (int from = 0; from < measures.size(); from += MOST_COLUMNS) {
      text.append(
          table(rows, measures.subList(from, Math.min(from + MOST_COLUMNS, measures.size()))));
    }
    text.append(
        String.format(
            Locale.ROOT,
            "%n%nFrechet, kernel, Gaussian MMD and sliced Wasserstein are 0 for sets of one"
                + " distribution. Small sets have%na higher Frechet and sliced Wasserstein"
                + " distance, and lower Vendi and RKE. Where the feature model is%nInception-v3,"
                + " Frechet and kernel distance are called FID and KID. +- is one standard error;"
                + " of kernel,%nthe spread over its subsets, which sets of 1,000 images or fewer"
                + " do not have."));
    return text.append(copies(rows)).toString();
  }

  /** Empty where no training set was named. */
  private static String copies(List<TableRow> rows) {
    List<TableRow> compared = rows.stream().filter(row -> row.get("training") != null).toList();
    if (compared.isEmpty()) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%n%nCopies of the training set %s, %,d images%s%n%n"
            + "A generator that copies has less authenticity than the reference, and CT far below"
            + " 0. CT far above 0 is unlike%nthe training set. +- of CT is what chance gives.",
        compared.get(0).get("training"),
        (Long) compared.get(0).get("n_features_training"),
        table(compared, Statistic.of(Group.TRAINING)));
  }

  private static String table(List<TableRow> rows, List<Statistic> measures) {
    List<ColumnData<TableRow>> columns = new ArrayList<>();
    columns.add(TextTable.left("data set", row -> row.get("dataset").toString()));
    columns.add(
        TextTable.right(
            "n", row -> String.format(Locale.ROOT, "%,d", (Long) row.get("n_features"))));
    measures.forEach(measure -> columns.add(TextTable.number(measure)));
    return String.format(Locale.ROOT, "%n%n%s", TextTable.render(rows, columns));
  }
}
