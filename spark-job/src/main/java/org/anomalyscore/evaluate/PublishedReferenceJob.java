package org.anomalyscore.evaluate;

import com.github.freva.asciitable.ColumnData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.command.TextTable;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.setmeasures.FrechetDistance;
import org.anomalyscore.setmeasures.NormalFit;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.DatasetName;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/**
 * Fréchet distances of generated sets from a reference of which only mean and covariance are known.
 * All other measures need its images, so that there is no row of {@code evaluations}.
 */
record PublishedReferenceJob(
    String scores,
    String statistics,
    List<String> generated,
    String configId,
    boolean allowIncomplete) {

  static final String OPTION = "--reference-statistics";

  /** The distance of a set. */
  record Distance(String dataset, int images, Estimate frechet) {

    Map<String, Object> json() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("dataset", dataset);
      object.put("n_features", images);
      object.put(Statistic.FRECHET_DISTANCE.column(), orNull(frechet.value()));
      object.put(Statistic.FRECHET_DISTANCE.errorColumn(), orNull(frechet.error()));
      return object;
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
      columns.add(
          TextTable.right(
              TextTable.title(Statistic.FRECHET_DISTANCE),
              row ->
                  Statistic.FRECHET_DISTANCE.text(row.frechet().value())
                      + (Double.isNaN(row.frechet().error())
                          ? ""
                          : " +- " + Statistic.FRECHET_DISTANCE.errorText(row.frechet().error()))));
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
    NormalFit reference =
        FeatureStatistics.read(spark.sparkContext().hadoopConfiguration(), OPTION, statistics);
    TableStore store = new TableStore(spark, scores);
    KeptFeatures kept = new KeptFeatures(store, generated, configId, allowIncomplete);
    List<Distance> distances = new ArrayList<>();
    for (String dataset : generated) {
      try (FeatureSet features = kept.of(dataset)) {
        requireDimension(reference, features, dataset, kept.choice().model());
        distances.add(
            new Distance(
                dataset, features.size(), FrechetDistance.fromStatistics(reference, features)));
      }
    }
    distances.sort(Comparator.comparingDouble(distance -> distance.frechet().value()));
    Distances found =
        new Distances(
            statistics,
            kept.choice().configId(),
            kept.choice().model(),
            reference.mean().length,
            distances);
    store.append(Table.RUNS, List.of(kept.complete(run, found.json()).toRow()));
    return found;
  }

  private void requireDimension(
      NormalFit reference, FeatureSet features, String dataset, String model) {
    if (reference.mean().length != features.dimension()) {
      throw new UserException(
          "Cannot compare '%s' with %s '%s': it has %d features of the model %s, and the file is of"
                  .formatted(dataset, OPTION, statistics, features.dimension(), model)
              + " %d. Score with the model that the statistics were computed with."
                  .formatted(reference.mean().length));
    }
  }
}
