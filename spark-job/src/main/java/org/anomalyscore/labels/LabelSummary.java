package org.anomalyscore.labels;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.MeanInterval;
import org.anomalyscore.stats.TrendTest;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Run;
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
    ConfigurationChoice choice = ConfigurationChoice.of(store, List.of(dataset), configId);
    Completeness.require(store, choice.configId(), List.of(dataset), allowIncomplete);
    Dataset<Row> scores = CurrentScores.of(store, choice.configId(), dataset, null);
    try (ImageLabels labelled =
        file == null
            ? ImageLabels.byFolder(scores)
            : ImageLabels.ofFile(spark, scores, dataset, file)) {
      List<Label> labels = labels(labelled);
      double[][] images = collect(labelled, labels);
      List<TableRow> rows = new ArrayList<>();
      for (int i = 0; i < labels.size(); i++) {
        rows.add(
            row(run, choice, dataset, file, select(images, i))
                .with("label", labels.get(i).text())
                .with("label_value", labels.get(i).value()));
      }
      rows.add(
          all(row(run, choice, dataset, file, tail(images)), labels, images)
              .with("unlabelled", scores.count() - images[0].length)
              .with("unmatched", labelled.unmatched()));
      return new Result(choice.configId(), choice.model(), dataset, source(file), rows);
    }
  }

  /** A label, and its number where labels are ordered. */
  private record Label(String text, Double value) {}

  private List<Label> labels(ImageLabels labelled) {
    List<Row> found =
        labelled
            .images()
            .select("label")
            .distinct()
            .orderBy("label")
            .limit(MOST_LABELS + 1)
            .collectAsList();
    if (found.isEmpty()) {
      throw new UserException("No image has a label: none lies in a folder. Give --labels.");
    }
    if (found.size() > MOST_LABELS) {
      throw new UserException(
          "There are more than "
              + MOST_LABELS
              + " different labels, as '"
              + found.get(0).getAs("label")
              + "' and '"
              + found.get(1).getAs("label")
              + "'. Give labels that many images share.");
    }
    List<Label> labels = new ArrayList<>();
    for (Row row : found) {
      String label = row.getAs("label");
      labels.add(new Label(label, ordered ? (Double) number(label) : null));
    }
    if (ordered) {
      labels.sort(Comparator.comparing(Label::value).thenComparing(Label::text));
    }
    return labels;
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

  /**
   * Index of the label, C, V and AS-i of all labelled images, 32 bytes an image. They are ordered
   * by label, C and V, so that sums do not depend on how the table's files are cut.
   */
  private double[][] collect(ImageLabels labelled, List<Label> labels) {
    Map<String, Double> index = new HashMap<>();
    for (int i = 0; i < labels.size(); i++) {
      index.put(labels.get(i).text(), (double) i);
    }
    List<double[]> partitions =
        labelled
            .images()
            .select("label", "complexity", "vulnerability")
            .orderBy(col("label"), col("complexity"), col("vulnerability"))
            .javaRDD()
            .mapPartitions(rows -> List.of(pack(rows, index)).iterator())
            .collect();
    int n = partitions.stream().mapToInt(p -> p.length / 3).sum();
    double[][] images = new double[4][n];
    int i = 0;
    for (double[] partition : partitions) {
      for (int j = 0; j < partition.length; j += 3) {
        images[0][i] = partition[j];
        images[1][i] = partition[j + 1];
        images[2][i] = partition[j + 2];
        images[3][i++] = AnomalyScore.perImage(partition[j + 1], partition[j + 2]);
      }
    }
    return images;
  }

  private static double[] pack(Iterator<Row> rows, Map<String, Double> index) {
    double[] packed = new double[768];
    int length = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      if (length == packed.length) {
        packed = Arrays.copyOf(packed, 2 * length);
      }
      packed[length++] = index.get(row.getString(0));
      packed[length++] = row.getDouble(1);
      packed[length++] = row.getDouble(2);
    }
    return Arrays.copyOf(packed, length);
  }

  /** C, V and AS-i of one label's images. */
  private static double[][] select(double[][] images, int label) {
    int[] places =
        IntStream.range(0, images[0].length).filter(i -> images[0][i] == label).toArray();
    double[][] selected = new double[MEASURES.size()][];
    for (int m = 0; m < selected.length; m++) {
      double[] values = images[m + 1];
      selected[m] = Arrays.stream(places).mapToDouble(i -> values[i]).toArray();
    }
    return selected;
  }

  private TableRow row(
      Run run, ConfigurationChoice choice, String dataset, String file, double[][] measures) {
    TableRow row =
        TableRow.of(Table.LABEL_SUMMARIES)
            .with("run_id", run.id())
            .with("summarised_at", run.startedTimestamp())
            .with("config_id", choice.configId())
            .with("model", choice.model())
            .with("dataset", dataset)
            .with("labels", source(file))
            .with("ordered", ordered)
            .with("n", (long) measures[0].length)
            .with("confidence", CONFIDENCE);
    for (int m = 0; m < measures.length; m++) {
      MeanInterval mean = MeanInterval.of(measures[m], CONFIDENCE);
      String column = "mean_" + MEASURES.get(m);
      row.with(column, mean.mean())
          .with(column + "_low", mean.low())
          .with(column + "_high", mean.high());
    }
    return row;
  }

  /** Adds the trends to the row of all labelled images. */
  private TableRow all(TableRow row, List<Label> labels, double[][] images) {
    if (ordered) {
      double[] values =
          Arrays.stream(images[0]).map(index -> labels.get((int) index).value()).toArray();
      for (int m = 0; m < MEASURES.size(); m++) {
        putTrend(row, MEASURES.get(m), TrendTest.of(values, images[m + 1]));
      }
    }
    return row;
  }

  /** C, V and AS-i without the labels. */
  private static double[][] tail(double[][] images) {
    return Arrays.copyOfRange(images, 1, images.length);
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
