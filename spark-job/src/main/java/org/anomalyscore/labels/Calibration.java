package org.anomalyscore.labels;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.RankCorrelation;
import org.anomalyscore.stats.Repeatability;
import org.anomalyscore.stats.RobustScatter;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.DoubleColumns;
import org.anomalyscore.table.NewestRun;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** How the measures of single images go with people's labels, on the driver. */
final class Calibration {

  /** Fewer say nothing of a correlation. */
  private static final int LEAST_IMAGES = 10;

  /** More are no groups but names of single images. */
  private static final int MOST_GROUPS = 1000;

  /** Those whose rows have a standard error. */
  private static final List<CalibratedMeasure> NOISY =
      List.of(
          CalibratedMeasure.COMPLEXITY, CalibratedMeasure.VULNERABILITY, CalibratedMeasure.AS_I);

  private final SparkSession spark;
  private final TableStore store;
  private final CalibrateRequest request;

  /**
   * What came out.
   *
   * @param rows of the table {@code calibrations}, one a measure
   */
  record Result(String configId, String model, String dataset, List<TableRow> rows) {}

  /**
   * The labelled images.
   *
   * @param group of image i, as a number; all 0 where the labels name none
   * @param measures of image i, NaN where it has none
   * @param errors standard errors of image i, NaN with one draw; of the measures that have some
   */
  private record Images(
      double[] label,
      int[] group,
      Map<CalibratedMeasure, double[]> measures,
      Map<CalibratedMeasure, double[]> errors,
      long unmatched) {}

  Calibration(SparkSession spark, TableStore store, CalibrateRequest request) {
    this.spark = spark;
    this.store = store;
    this.request = request;
  }

  /**
   * Compares.
   *
   * @throws UserException when a set is missing or incomplete, or its labels are missing, ambiguous
   *     or no numbers
   */
  Result of(Run run) {
    List<String> sets =
        request.reference() == null
            ? List.of(request.dataset())
            : List.of(request.dataset(), request.reference());
    ScoreTimes times = ScoreTimes.read(store);
    ConfigurationChoice choice = ConfigurationChoice.of(store, times, sets, request.configId());
    Completeness.require(store, times, choice.configId(), sets, request.allowIncomplete());
    Dataset<Row> scores =
        CurrentScores.of(store, times, choice.configId(), request.dataset(), null);
    Images images;
    try (ImageLabels labelled =
        ImageLabels.grouped(spark, scores, request.dataset(), request.file())) {
      images = images(times, choice, labelled);
    }
    long unlabelled = scores.count() - images.label.length;
    List<TableRow> rows = new ArrayList<>();
    images.measures.forEach(
        (measure, values) ->
            rows.add(
                row(measure, values, images)
                    .with("run_id", run.id())
                    .with("calibrated_at", run.startedTimestamp())
                    .with("config_id", choice.configId())
                    .with("model", choice.model())
                    .with("unlabelled", unlabelled)
                    .with("unmatched", images.unmatched)));
    judge(rows);
    return new Result(choice.configId(), choice.model(), request.dataset(), rows);
  }

  private Images images(ScoreTimes times, ConfigurationChoice choice, ImageLabels labelled) {
    List<String> groups = groups(labelled);
    Dataset<Row> rows =
        labelled
            .images()
            .withColumn("number", functions.expr("try_cast(label AS DOUBLE)"))
            .withColumn("place", place(groups));
    requireNumbers(rows);
    Map<CalibratedMeasure, String> columns = new EnumMap<>(CalibratedMeasure.class);
    columns.put(CalibratedMeasure.COMPLEXITY, "complexity");
    columns.put(CalibratedMeasure.VULNERABILITY, "vulnerability");
    Dataset<Row> measures = request.reference() == null ? null : featureMeasures(choice);
    if (measures != null) {
      rows = rows.join(measures, new String[] {"path"}, "left");
      columns.put(CalibratedMeasure.REALISM, "realism");
      columns.put(CalibratedMeasure.RARITY, "rarity");
    }
    List<String> collected = new ArrayList<>(List.of("number", "place"));
    NOISY.forEach(measure -> collected.add(measure.column() + "_std_err"));
    collected.addAll(columns.values());
    // Ordered, so that resamples do not depend on how the table's files are cut.
    double[][] found =
        DoubleColumns.collect(
            rows.orderBy("number", "complexity", "vulnerability", "path"),
            collected.toArray(String[]::new));
    Map<CalibratedMeasure, double[]> values = new EnumMap<>(CalibratedMeasure.class);
    int at = 2;
    Map<CalibratedMeasure, double[]> errors = new EnumMap<>(CalibratedMeasure.class);
    for (CalibratedMeasure measure : NOISY) {
      errors.put(measure, found[at++]);
    }
    for (CalibratedMeasure measure : columns.keySet()) {
      values.put(measure, found[at++]);
    }
    double[] c = values.get(CalibratedMeasure.COMPLEXITY);
    double[] v = values.get(CalibratedMeasure.VULNERABILITY);
    values.put(CalibratedMeasure.AS_I, each(c.length, i -> AnomalyScore.perImage(c[i], v[i])));
    if (request.reference() != null) {
      double[][] real =
          DoubleColumns.collect(
              CurrentScores.of(store, times, choice.configId(), request.reference(), null),
              "complexity",
              "vulnerability");
      RobustScatter scatter = RobustScatter.of(real[0], real[1]);
      values.put(CalibratedMeasure.ATYPICALITY, each(c.length, i -> scatter.distance(c[i], v[i])));
    }
    int[] group = Arrays.stream(found[1]).mapToInt(place -> (int) place).toArray();
    return new Images(found[0], group, values, errors, labelled.unmatched());
  }

  private static double[] each(int n, IntToDoubleFunction value) {
    return IntStream.range(0, n).mapToDouble(value).toArray();
  }

  /** The groups that the labels name; empty where they name none. */
  private List<String> groups(ImageLabels labelled) {
    List<String> groups =
        labelled
            .images()
            .select("group")
            .distinct()
            .orderBy("group")
            .limit(MOST_GROUPS + 1)
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    if (groups.size() > MOST_GROUPS) {
      throw new UserException(
          "The labels "
              + request.file()
              + " name more than "
              + MOST_GROUPS
              + " groups, as '"
              + groups.get(groups.size() - 1)
              + "'. Give groups that many images share, or leave the column group out.");
    }
    return groups.equals(List.of("")) ? List.of() : groups;
  }

  /** The number of an image's group, from 0; images without a group are one too. */
  private static Column place(List<String> groups) {
    if (groups.isEmpty()) {
      return lit(0.0);
    }
    Column names = array(groups.stream().map(functions::lit).toArray(Column[]::new));
    return array_position(names, col("group")).cast("double");
  }

  private void requireNumbers(Dataset<Row> rows) {
    List<Row> wrong =
        rows.where("number IS NULL OR isnan(number) OR abs(number) = double('infinity')")
            .select("label")
            .limit(1)
            .collectAsList();
    if (!wrong.isEmpty()) {
      throw new UserException(
          "The label '"
              + wrong.get(0).getString(0)
              + "' in "
              + request.file()
              + " is no number. Give numbers that are low for bad images.");
    }
    long images = rows.count();
    if (images < LEAST_IMAGES) {
      throw new UserException(
          "Only "
              + images
              + " images have a label, of which nothing can be said. Label at least "
              + LEAST_IMAGES
              + ".");
    }
  }

  /** Realism and rarity of the last evaluation that kept them; null where none did. */
  private Dataset<Row> featureMeasures(ConfigurationChoice choice) {
    Dataset<Row> kept =
        store
            .read(Table.IMAGE_MEASURES)
            .where(
                col("config_id")
                    .equalTo(choice.configId())
                    .and(col("dataset").equalTo(request.dataset()))
                    .and(col("reference").equalTo(request.reference()))
                    .and(col("realism").isNotNull().or(col("rarity").isNotNull())))
            .join(
                store.read(Table.RUNS).select("run_id", "started_at"),
                new String[] {"run_id"},
                "inner");
    Dataset<Row> newest =
        NewestRun.rows(kept, "started_at", "config_id").select("path", "realism", "rarity");
    return newest.isEmpty() ? null : newest;
  }

  private TableRow row(CalibratedMeasure measure, double[] values, Images images) {
    int[] known =
        IntStream.range(0, values.length).filter(i -> Double.isFinite(values[i])).toArray();
    TableRow row =
        TableRow.of(Table.CALIBRATIONS)
            .with("dataset", request.dataset())
            .with("labels", request.file())
            .with("reference", request.reference())
            .with("measure", measure.column())
            .with("n", (long) known.length)
            .with("confidence", request.options().confidence())
            .with("permutations", request.options().permutations())
            .with("resamples", request.options().resamples())
            .with("seed", request.options().seed());
    double[] x = Arrays.stream(known).mapToDouble(i -> values[i]).toArray();
    double[] y = Arrays.stream(known).mapToDouble(i -> images.label[i]).toArray();
    int[] group = Arrays.stream(known).map(i -> images.group[i]).toArray();
    if (known.length >= LEAST_IMAGES) {
      double[] errors =
          images.errors.containsKey(measure)
              ? Arrays.stream(known).mapToDouble(i -> images.errors.get(measure)[i]).toArray()
              : each(known.length, i -> Double.NaN);
      double repeatability = Repeatability.of(x, errors);
      row.with("repeatability", repeatability);
      put(
          row,
          "rank_correlation",
          RankCorrelation.of(x, y, new int[x.length], request.options()),
          repeatability);
      if (Arrays.stream(images.group).anyMatch(g -> g != 0)) {
        RankCorrelation within = RankCorrelation.of(x, y, group, request.options());
        put(row, "within_groups", within, Repeatability.of(centred(x, group), errors));
        row.with("groups", (long) within.groups());
      }
    }
    return row;
  }

  /**
   * Values less the mean of their group, whose spread the noise is compared with there. Of n values
   * in g groups n - g are free, so that they are widened to have the variance within groups with n
   * - 1 in the denominator.
   */
  static double[] centred(double[] values, int[] group) {
    Map<Integer, DoubleSummaryStatistics> means = new HashMap<>();
    for (int i = 0; i < values.length; i++) {
      means.computeIfAbsent(group[i], g -> new DoubleSummaryStatistics()).accept(values[i]);
    }
    int n = values.length;
    double widened = Math.sqrt((n - 1.0) / Math.max(1, n - means.size()));
    return each(n, i -> widened * (values[i] - means.get(group[i]).getAverage()));
  }

  private static void put(TableRow row, String name, RankCorrelation found, double repeatability) {
    row.with(name, found.rho())
        .with(name + "_low", found.low())
        .with(name + "_high", found.high())
        .with(name + "_p", found.p())
        .with(name + "_corrected", RankCorrelation.corrected(found.rho(), repeatability));
  }

  /** The correlation by which a measure is judged: within groups, where there are groups. */
  static String decisive(TableRow row) {
    return row.get("groups") == null ? "rank_correlation" : "within_groups";
  }

  /** Judges all measures together: the smallest of six p-values is small by chance more often. */
  private static void judge(List<TableRow> rows) {
    List<TableRow> tested =
        rows.stream()
            .filter(row -> row.get(decisive(row) + "_p") != null)
            .sorted(Comparator.comparingDouble(row -> (Double) row.get(decisive(row) + "_p")))
            .toList();
    rows.forEach(row -> row.with("verdict", Verdict.NOT_TESTED.column()));
    if (tested.isEmpty()) {
      return;
    }
    boolean coarse = isTooCoarse((Integer) rows.get(0).get("permutations"), tested.size());
    double least = 0;
    for (int i = 0; i < tested.size(); i++) {
      TableRow row = tested.get(i);
      // Holm 1979: as in stepping down through the p-values, none below the one before it.
      double p = (Double) row.get(decisive(row) + "_p");
      least = Math.max(least, Math.min(1, (tested.size() - i) * p));
      Verdict verdict = Verdict.of((Double) row.get(decisive(row)), least);
      row.with("p_adjusted", least);
      if (!coarse) {
        row.with("verdict", verdict.column());
      }
    }
  }

  /** Whether no p-value, times the number of measures, could be below the level. */
  static boolean isTooCoarse(int permutations, int measures) {
    return measures / (permutations + 1.0) >= Verdict.SIGNIFICANT;
  }
}
