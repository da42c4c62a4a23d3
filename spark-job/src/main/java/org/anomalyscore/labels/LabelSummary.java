package org.anomalyscore.labels;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.stats.MeanInterval;
import org.anomalyscore.stats.TrendTest;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Complexity, vulnerability and AS-i by a label of each image, on the driver. */
final class LabelSummary {

  static final List<String> MEASURES = List.of("complexity", "vulnerability", "as_i");

  private static final double CONFIDENCE = 0.95;

  /** More are no labels but names of single images. */
  private static final int MOST_LABELS = 1000;

  private final SparkSession spark;
  private final TableStore store;
  private final boolean ordered;
  private final boolean allowIncomplete;

  /**
   * What came out.
   *
   * @param labels where they came from
   * @param rows of the table {@code label_summaries}: one a label, in their order, then that of all
   */
  record Result(
      String configId, String model, String dataset, String labels, List<TableRow> rows) {}

  /** A summary of the tables of one output folder. */
  LabelSummary(SparkSession spark, TableStore store) {
    this(spark, store, false, false);
  }

  private LabelSummary(
      SparkSession spark, TableStore store, boolean ordered, boolean allowIncomplete) {
    this.spark = spark;
    this.store = store;
    this.ordered = ordered;
    this.allowIncomplete = allowIncomplete;
  }

  /** One whose labels are numbers, over which trends are tested. */
  LabelSummary ordered(boolean value) {
    return new LabelSummary(spark, store, value, allowIncomplete);
  }

  /** One that summarises also a set whose last score run did not end well. */
  LabelSummary allowIncomplete(boolean value) {
    return new LabelSummary(spark, store, ordered, value);
  }

  /**
   * Summarises a data set.
   *
   * @param file of labels, see {@link ImageLabels}; null for the folders' names
   * @param configId whose scores to take; null where the tables leave no choice
   * @throws UserException when the set is missing or incomplete, or its labels are missing,
   *     ambiguous, or not the numbers that ordered labels must be
   */
  Result of(Run run, String dataset, String file, String configId) {
    ScoreTimes times = ScoreTimes.read(store);
    ConfigurationChoice choice = ConfigurationChoice.of(store, times, List.of(dataset), configId);
    Completeness.require(store, times, choice.configId(), List.of(dataset), allowIncomplete);
    Dataset<Row> scores =
        CurrentScores.of(store, times, choice.configId(), dataset, null)
            .select("path", "complexity", "vulnerability");
    try (ImageLabels labelled =
        file == null
            ? ImageLabels.byFolder(scores)
            : ImageLabels.ofFile(spark, scores, dataset, file)) {
      LabelledScores images = LabelledScores.collect(labelled, MOST_LABELS);
      List<Label> labels = labels(images.labels());
      List<TableRow> rows = new ArrayList<>();
      for (Label label : inOrder(labels)) {
        rows.add(
            row(run, choice, dataset, file, images.of(labels.indexOf(label)))
                .with("label", label.text())
                .with("label_value", label.value()));
      }
      rows.add(
          all(row(run, choice, dataset, file, images), labels, images)
              .with("unlabelled", scores.count() - images.size())
              .with("unmatched", labelled.unmatched()));
      return new Result(choice.configId(), choice.model(), dataset, source(file), rows);
    }
  }

  /** A label, and its number where labels are ordered. */
  private record Label(String text, Double value) {}

  private List<Label> labels(List<String> found) {
    if (found.isEmpty()) {
      throw new UserException("No image has a label: none lies in a folder. Give --labels.");
    }
    if (found.size() > MOST_LABELS) {
      throw new UserException(
          "There are more than "
              + MOST_LABELS
              + " different labels, as '"
              + found.get(0)
              + "' and '"
              + found.get(1)
              + "'. Give labels that many images share.");
    }
    return found.stream()
        .map(label -> new Label(label, ordered ? (Double) number(label) : null))
        .toList();
  }

  private List<Label> inOrder(List<Label> labels) {
    return ordered
        ? labels.stream()
            .sorted(Comparator.comparing(Label::value).thenComparing(Label::text))
            .toList()
        : labels;
  }

  private static double number(String label) {
    try {
      double value = Double.parseDouble(label);
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Refused below, as are NaN and infinity.
    }
    throw new UserException(
        "The label '"
            + label
            + "' is no number, which --ordered needs. Correct it, or leave"
            + " --ordered out.");
  }

  private TableRow row(
      Run run, ConfigurationChoice choice, String dataset, String file, LabelledScores images) {
    TableRow row =
        TableRow.of(Table.LABEL_SUMMARIES)
            .with("run_id", run.id())
            .with("summarised_at", run.startedTimestamp())
            .with("config_id", choice.configId())
            .with("model", choice.model())
            .with("dataset", dataset)
            .with("labels", source(file))
            .with("ordered", ordered)
            .with("n", (long) images.size())
            .with("confidence", CONFIDENCE);
    images
        .byMeasure()
        .forEach(
            (measure, values) -> {
              MeanInterval mean = MeanInterval.of(values, CONFIDENCE);
              String column = "mean_" + measure;
              row.with(column, mean.mean())
                  .with(column + "_low", mean.low())
                  .with(column + "_high", mean.high());
            });
    return row;
  }

  /** Adds the trends to the row of all labelled images. */
  private TableRow all(TableRow row, List<Label> labels, LabelledScores images) {
    if (ordered) {
      double[] values =
          Arrays.stream(images.label()).mapToDouble(i -> labels.get(i).value()).toArray();
      images
          .byMeasure()
          .forEach((measure, scores) -> putTrend(row, measure, TrendTest.of(values, scores)));
    }
    return row;
  }

  private static String source(String file) {
    return file == null ? "folder" : file;
  }

  private static void putTrend(TableRow row, String measure, TrendTest trend) {
    row.with("spearman_" + measure, trend.spearman())
        .with("spearman_p_" + measure, trend.spearmanP())
        .with("jonckheere_" + measure, trend.jonckheere())
        .with("jonckheere_z_" + measure, trend.z())
        .with("jonckheere_p_" + measure, trend.jonckheereP());
  }
}
