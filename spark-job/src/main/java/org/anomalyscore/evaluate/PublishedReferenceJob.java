package org.anomalyscore.evaluate;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.setmeasures.FrechetDistance;
import org.anomalyscore.setmeasures.InceptionScore;
import org.anomalyscore.setmeasures.NormalFit;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.DatasetName;
import org.anomalyscore.table.KeptOutput;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/**
 * Fréchet distances of generated sets from a reference of which only mean and covariance are known,
 * and what needs no reference: the Inception Score. All other measures need its images, so that
 * there is no row of {@code evaluations}.
 */
record PublishedReferenceJob(
    String scores,
    String statistics,
    List<String> generated,
    String configId,
    boolean allowIncomplete) {

  static final String OPTION = "--reference-statistics";

  /** In this order. */
  private static final List<Statistic> MEASURES =
      List.of(
          Statistic.FRECHET_DISTANCE,
          Statistic.SPATIAL_FRECHET_DISTANCE,
          Statistic.INCEPTION_SCORE);

  /**
   * The measures of a set.
   *
   * @param measures those that are known; the Fréchet distance is
   */
  record Distance(String dataset, int images, Map<Statistic, Estimate> measures) {

    Estimate frechet() {
      return measures.get(Statistic.FRECHET_DISTANCE);
    }

    Map<String, Object> json() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("dataset", dataset);
      object.put("n_features", images);
      for (Statistic statistic : MEASURES) {
        Estimate measured = measures.get(statistic);
        object.put(statistic.column(), measured == null ? null : orNull(measured.value()));
        object.put(statistic.errorColumn(), measured == null ? null : orNull(measured.error()));
      }
      return object;
    }

    String text(Statistic statistic) {
      Estimate measured = measures.get(statistic);
      if (measured == null || Double.isNaN(measured.value())) {
        return "-";
      }
      return statistic.text(measured.value())
          + (Double.isNaN(measured.error()) ? "" : " +- " + statistic.errorText(measured.error()));
    }

    private static Double orNull(double value) {
      return Double.isNaN(value) ? null : value;
    }
  }

  /** What came out, nearest first. */
  record Distances(
      String statistics, String configId, String model, int dimension, List<Distance> generators)
      implements Result {

    @Override
    public String text() {
      List<ColumnData<Distance>> columns = new ArrayList<>();
      columns.add(TextTable.left("data set", Distance::dataset));
      columns.add(TextTable.right("n", row -> String.format(Locale.ROOT, "%,d", row.images())));
      for (Statistic statistic : MEASURES) {
        if (generators.stream().anyMatch(row -> row.measures().containsKey(statistic))) {
          columns.add(TextTable.right(TextTable.title(statistic), row -> row.text(statistic)));
        }
      }
      return String.format(
          Locale.ROOT,
          "Frechet distance from the statistics %s, %,d features of %s, configuration %s%n%n%s%n%n"
              + "Small sets have a higher distance. It compares with published numbers only where"
              + " the statistics are of the%nsame feature model and preprocessing, and the numbers"
              + " of as many images. The Anomaly Score and all other%nmeasures need the"
              + " reference's images.",
          statistics,
          dimension,
          model,
          configId,
          TextTable.render(generators, columns));
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> reference = new LinkedHashMap<>();
      reference.put("statistics", statistics);
      reference.put("dimension", dimension);
      reference.put("config_id", configId);
      reference.put("model", model);
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("reference", reference);
      object.put("generators", generators.stream().map(Distance::json).toList());
      return object;
    }
  }

  Distances run(SparkSession spark) {
    DatasetName.requireEachOnce(generated);
    Run run = Run.start("evaluate");
    FeatureStatistics reference =
        FeatureStatistics.read(spark.sparkContext().hadoopConfiguration(), OPTION, statistics);
    TableStore store = new TableStore(spark, scores);
    KeptFeatures kept = new KeptFeatures(store, generated, configId, allowIncomplete);
    List<Distance> distances = new ArrayList<>();
    for (String dataset : generated) {
      distances.add(distance(reference, kept, dataset));
    }
    distances.sort(Comparator.comparingDouble(distance -> distance.frechet().value()));
    Distances found =
        new Distances(
            statistics,
            kept.choice().configId(),
            kept.choice().model(),
            reference.features().mean().length,
            distances);
    store.append(Table.RUNS, List.of(kept.complete(run, found.json()).toRow()));
    return found;
  }

  private Distance distance(FeatureStatistics reference, KeptFeatures kept, String dataset) {
    Map<Statistic, Estimate> measures = new EnumMap<>(Statistic.class);
    try (FeatureSet features = kept.of(dataset);
        FeatureSet spatial = kept.of(dataset, KeptOutput.SPATIAL);
        FeatureSet logits = kept.of(dataset, KeptOutput.LOGITS)) {
      String model = kept.choice().model();
      requireDimension(reference.features(), features, "features", dataset, model);
      measures.put(
          Statistic.FRECHET_DISTANCE,
          FrechetDistance.fromStatistics(reference.features(), features));
      if (reference.spatial() != null && spatial.size() > 0) {
        requireDimension(reference.spatial(), spatial, "spatial features", dataset, model);
        measures.put(
            Statistic.SPATIAL_FRECHET_DISTANCE,
            FrechetDistance.fromStatistics(reference.spatial(), spatial));
      }
      if (logits.size() > 0) {
        measures.put(Statistic.INCEPTION_SCORE, InceptionScore.of(logits));
      }
      return new Distance(dataset, features.size(), measures);
    }
  }

  private void requireDimension(
      NormalFit reference, FeatureSet features, String what, String dataset, String model) {
    if (reference.mean().length != features.dimension()) {
      throw new UserException(
          "Cannot compare '%s' with %s '%s': it has %d %s of the model %s, and the file is of"
                  .formatted(dataset, OPTION, statistics, features.dimension(), what, model)
              + " %d. Score with the model that the statistics were computed with."
                  .formatted(reference.mean().length));
    }
  }
}
