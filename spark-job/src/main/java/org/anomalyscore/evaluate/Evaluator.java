package org.anomalyscore.evaluate;

import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.stats.Atypicality;
import org.anomalyscore.stats.DistributionSummary;
import org.anomalyscore.stats.EnergyDistance;
import org.anomalyscore.stats.KolmogorovSmirnov2D;
import org.anomalyscore.stats.RankSums;
import org.anomalyscore.stats.TwoSampleTests;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.DatasetName;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRuns;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;

/** Compares generated sets with a reference set, on the driver. */
public final class Evaluator {

  private final TableStore store;
  private final AnomalyScore.Options options;
  private final boolean allowIncomplete;
  private final boolean setMeasures;
  private final String training;
  private final double flagRate;
  private final Consumer<Dataset<Row>> perImage;

  /** The false discovery rate of flags where none is given. */
  public static final double FLAG_RATE = 0.05;

  /**
   * What came out, best first.
   *
   * @param nReference images of the reference set
   * @param nJudging those of them that the p-values of single images count by; 0 where these cannot
   *     be judged, since the reference has no scatter
   * @param rows of the table {@code evaluations}, by rising Anomaly Score
   * @param failed sets that could not be evaluated, and why
   * @param unusual the most unusual of the flagged images of each set that has some
   * @param warnings of sets whose files are of another kind than the reference's
   */
  public record Result(
      String configId,
      String model,
      String reference,
      int nReference,
      int nJudging,
      List<TableRow> rows,
      Map<String, String> failed,
      Map<String, List<UnusualImage>> unusual,
      List<String> warnings) {}

  /** What a set is compared with, and under which configuration; made once of all sets. */
  private record Against(
      Run run,
      ScoreTimes times,
      ConfigurationChoice choice,
      ScoredSet real,
      RunArithmetic arithmetic,
      Atypicality atypicality,
      Map<String, List<UnusualImage>> unusual,
      List<String> warnings) {

    Result result(List<TableRow> rows, Map<String, String> failed) {
      rows.sort(Comparator.comparingDouble(row -> (Double) row.get("anomaly_score")));
      return new Result(
          choice.configId(),
          choice.model(),
          real.dataset(),
          real.size(),
          atypicality.referenceCount(),
          rows,
          failed,
          unusual,
          warnings);
    }
  }

  /** An evaluator of the tables of one output folder. */
  public Evaluator(TableStore store, AnomalyScore.Options options) {
    this(store, options, false, true, null, FLAG_RATE, null);
  }

  private Evaluator(
      TableStore store,
      AnomalyScore.Options options,
      boolean allowIncomplete,
      boolean setMeasures,
      String training,
      double flagRate,
      Consumer<Dataset<Row>> perImage) {
    this.store = store;
    this.options = options;
    this.allowIncomplete = allowIncomplete;
    this.setMeasures = setMeasures;
    this.training = training;
    this.flagRate = flagRate;
    this.perImage = perImage;
  }

  /** One that warns of sets whose last score run did not end well, instead of refusing them. */
  public Evaluator allowIncomplete(boolean value) {
    return new Evaluator(store, options, value, setMeasures, training, flagRate, perImage);
  }

  /** One that computes set measures where there are features, or not; their cost grows as n². */
  public Evaluator setMeasures(boolean value) {
    return new Evaluator(store, options, allowIncomplete, value, training, flagRate, perImage);
  }

  /** One that looks for copies of this data set, on which the generators were trained; or null. */
  public Evaluator training(String dataset) {
    return new Evaluator(store, options, allowIncomplete, setMeasures, dataset, flagRate, perImage);
  }

  /**
   * One that flags images at another false discovery rate.
   *
   * @param value in (0, 1)
   */
  public Evaluator flagRate(double value) {
    return new Evaluator(store, options, allowIncomplete, setMeasures, training, value, perImage);
  }

  /**
   * One that keeps the measures of each generated image too: atypicality, and realism and rarity
   * where there are features.
   *
   * @param rows takes those of {@code image_measures}, a generated set a call, and must write them
   *     at once
   */
  public Evaluator perImage(Consumer<Dataset<Row>> rows) {
    return new Evaluator(store, options, allowIncomplete, setMeasures, training, flagRate, rows);
  }

  /**
   * Evaluates each generated set.
   *
   * @param configId whose scores to compare; null where the tables leave no choice
   * @throws UserException when a set is missing, incomplete, named twice, or was scored differently
   */
  public Result evaluate(Run run, String reference, List<String> generated, String configId) {
    List<String> all = new ArrayList<>(generated);
    all.add(reference);
    if (training != null) {
      all.add(training);
    }
    DatasetName.requireEachOnce(all);
    ScoreTimes times = ScoreTimes.read(store);
    ConfigurationChoice choice = ConfigurationChoice.of(store, times, all, configId);
    List<Row> runs = ScoreRuns.read(store, choice.configId());
    Completeness.require(store, times, runs, choice.configId(), all, allowIncomplete);
    Against against = against(run, times, runs, choice, new Images(reference, null));
    List<TableRow> rows = new ArrayList<>();
    try (FeatureComparison features = features(against, new Images(reference, null))) {
      for (String name : generated) {
        rows.add(compare(against, new Images(name, null), features));
      }
    }
    return against.result(rows, Map.of());
  }

  /**
   * Evaluates sets whose images the caller has just scored. A set without scores takes no other
   * with it: it is among the {@code failed}.
   *
   * @param model the feature model's name
   * @param alreadyFailed further sets that failed before, and why
   * @throws UserException when the reference has no scores
   */
  public Result evaluateEach(
      Run run,
      String configId,
      String model,
      Images reference,
      List<Images> generated,
      Map<String, String> alreadyFailed) {
    Against against =
        against(
            run,
            ScoreTimes.read(store),
            ScoreRuns.read(store, configId),
            new ConfigurationChoice(configId, model),
            reference);
    List<TableRow> rows = new ArrayList<>();
    Map<String, String> failed = new TreeMap<>(alreadyFailed);
    try (FeatureComparison features = features(against, reference)) {
      for (Images images : generated) {
        try {
          rows.add(compare(against, images, features));
        } catch (Exception e) {
          // Not RuntimeException: Scala throws checked exceptions undeclared, as where a task
          // meets a storage fault.
          UserException fault = StorageFault.in(e);
          if (fault == null) {
            throw e;
          }
          failed.put(images.dataset(), fault.getMessage());
        }
      }
    }
    return against.result(rows, failed);
  }

  private Against against(
      Run run, ScoreTimes times, List<Row> runs, ConfigurationChoice choice, Images reference) {
    ScoredSet real =
        ScoredSet.collect(
            store, reference.dataset(), current(times, choice.configId(), reference), null);
    return new Against(
        run,
        times,
        choice,
        real,
        RunArithmetic.of(runs),
        Atypicality.of(real.complexity(), real.vulnerability()),
        new TreeMap<>(),
        new ArrayList<>());
  }

  private Dataset<Row> current(ScoreTimes times, String configId, Images images) {
    return CurrentScores.of(store, times, configId, images.dataset(), images.present());
  }

  /** Null where no set measures are wanted. */
  private FeatureComparison features(Against against, Images reference) {
    if (!setMeasures) {
      return null;
    }
    return new FeatureComparison(
        store, against.times(), against.choice().configId(), reference, training);
  }

  private TableRow compare(Against against, Images images, FeatureComparison features) {
    ConfigurationChoice choice = against.choice();
    ScoredSet real = against.real();
    Dataset<Row> current = current(against.times(), choice.configId(), images);
    ScoredSet generated =
        ScoredSet.collect(store, images.dataset(), current, against.atypicality().scatter());
    TableRow row =
        TableRow.of(Table.EVALUATIONS)
            .with("run_id", against.run().id())
            .with("evaluated_at", against.run().startedTimestamp())
            .with("config_id", choice.configId())
            .with("model", choice.model())
            .with("reference", real.dataset())
            .with("n_reference", (long) real.size())
            .with("dataset", generated.dataset())
            .with("n", (long) generated.size())
            .with("reference_arithmetic", against.arithmetic().of(real))
            .with("arithmetic", against.arithmetic().of(generated));
    putScores(row, real, generated, current.sparkSession().sparkContext());
    putImages(row, real, generated);
    UnusualImages unusual = UnusualImages.of(against.atypicality(), generated, flagRate);
    row.with("flagged", unusual.share(generated.size())).with("flag_fdr", flagRate);
    String warning = real.files().warning(real.dataset(), generated.dataset(), generated.files());
    if (warning != null) {
      against.warnings().add(warning);
    }
    if (unusual.flagged() > 0) {
      against.unusual().put(images.dataset(), unusual.worst(generated));
    }
    Consumer<Dataset<Row>> each =
        perImage == null ? null : measures -> keep(row, unusual.measured(current), measures);
    boolean known = features != null && features.put(row, images, options.seed(), each);
    if (each != null && !known) {
      each.accept(null);
    }
    return row;
  }

  /**
   * Hands over the rows of {@code image_measures}, with all its columns, so that each of its files
   * has one schema whoever wrote it.
   *
   * @param unusual of {@link UnusualImages#measured}
   * @param measures {@code path}, {@code realism}, {@code rarity}, {@code training_path}, {@code
   *     training_distance}, {@code training_ratio}; null without features
   */
  private void keep(TableRow evaluation, Dataset<Row> unusual, Dataset<Row> measures) {
    Dataset<Row> rows =
        measures == null ? unusual : unusual.join(measures, new String[] {"path"}, "left");
    for (String column : List.of("dataset", "reference", "config_id", "run_id")) {
      rows = rows.withColumn(column, lit(evaluation.get(column)));
    }
    List<String> known = List.of(rows.columns());
    for (StructField field : Table.IMAGE_MEASURES.schema().fields()) {
      if (!known.contains(field.name())) {
        rows = rows.withColumn(field.name(), lit(null).cast(field.dataType()));
      }
    }
    perImage.accept(rows);
  }

  private void putScores(TableRow row, ScoredSet real, ScoredSet generated, SparkContext spark) {
    KolmogorovSmirnov2D test =
        KolmogorovSmirnov2D.of(
            real.complexity(),
            real.vulnerability(),
            generated.complexity(),
            generated.vulnerability());
    AnomalyScore score = AnomalyScore.of(test, options, new Resampling(spark, generated.dataset()));
    EnergyDistance energy =
        EnergyDistance.of(
            real.complexity(),
            real.vulnerability(),
            generated.complexity(),
            generated.vulnerability(),
            options.seed());
    row.with("anomaly_score", score.d())
        .with("anomaly_score_low", score.low())
        .with("anomaly_score_high", score.high())
        .with("anomaly_score_std_err", score.standardError())
        .with("confidence", options.confidence())
        .with("null_mean", score.nullMean())
        .with("null_q95", score.nullQuantile95())
        .with("p_value", score.permutationP())
        .with("p_value_asymptotic", score.asymptoticP())
        .with("energy_distance", energy.value())
        .with("energy_distance_std_err", energy.standardError())
        .with("permutations", score.permutations())
        .with("resamples", options.resamples())
        .with("seed", options.seed());
    putTests(row, "complexity", real.complexity(), generated.complexity(), test.rankSumsOfX());
    putTests(
        row, "vulnerability", real.vulnerability(), generated.vulnerability(), test.rankSumsOfY());
  }

  private static void putTests(
      TableRow row, String measure, double[] reference, double[] generated, RankSums ranks) {
    TwoSampleTests tests = TwoSampleTests.of(reference, generated, ranks);
    DistributionSummary its = DistributionSummary.of(generated);
    DistributionSummary real = DistributionSummary.of(reference);
    row.with("mean_" + measure, its.mean())
        .with("reference_mean_" + measure, real.mean())
        .with("median_" + measure, its.median())
        .with("reference_median_" + measure, real.median())
        .with("ks_" + measure, tests.ks())
        .with("ks_" + measure + "_p", tests.ksP())
        .with("welch_t_" + measure, tests.t())
        .with("welch_p_" + measure, tests.tP())
        .with("welch_p_greater_" + measure, tests.tGreaterP())
        .with("welch_p_less_" + measure, tests.tLessP())
        .with("mann_whitney_u_" + measure, tests.u())
        .with("mann_whitney_p_" + measure, tests.uP())
        .with("mann_whitney_p_greater_" + measure, tests.uGreaterP())
        .with("mann_whitney_p_less_" + measure, tests.uLessP());
  }

  private static void putImages(TableRow row, ScoredSet real, ScoredSet generated) {
    DistributionSummary summary = DistributionSummary.of(generated.asI());
    row.with("mean_as_i", summary.mean())
        .with("as_i_q05", summary.quantile05())
        .with("as_i_q25", summary.quantile25())
        .with("as_i_median", summary.median())
        .with("as_i_q75", summary.quantile75())
        .with("as_i_q95", summary.quantile95())
        .with("reference_as_i_median", DistributionSummary.of(real.asI()).median());
    putRepeatability(row, "", generated);
    putRepeatability(row, "reference_", real);
  }

  private static void putRepeatability(TableRow row, String prefix, ScoredSet set) {
    row.with(prefix + "repeatability_complexity", set.repeatabilityOfComplexity())
        .with(prefix + "repeatability_vulnerability", set.repeatabilityOfVulnerability())
        .with(prefix + "repeatability_as_i", set.repeatabilityOfAsI());
  }
}
