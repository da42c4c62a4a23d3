package org.anomalyscore.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.storage.WholeFile;
import org.anomalyscore.table.KeptOutput;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;
import org.apache.spark.sql.SparkSession;

/** Writes mean and covariance of a data set's features, and records the run. */
record StatisticsJob(
    String scores, String dataset, String out, String configId, boolean allowIncomplete) {

  /**
   * What was written.
   *
   * @param spatialDimension 0 where no spatial layer was kept
   */
  record Written(
      String file, String model, String dataset, int images, int dimension, int spatialDimension)
      implements Result {

    @Override
    public String text() {
      return String.format(
          Locale.ROOT,
          "Mean and covariance of %,d images of %s, %,d features of %s%s%nWritten to %s",
          images,
          dataset,
          dimension,
          model,
          spatialDimension == 0
              ? ""
              : String.format(Locale.ROOT, ", and %,d of its spatial layer", spatialDimension),
          file);
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> object = new LinkedHashMap<>();
      object.put("file", file);
      object.put("model", model);
      object.put("dataset", dataset);
      object.put("n_features", images);
      object.put("dimension", dimension);
      object.put("spatial_dimension", spatialDimension == 0 ? null : spatialDimension);
      return object;
    }
  }

  Written run(SparkSession spark) {
    Run run = Run.start("statistics");
    WholeFile file = WholeFile.at(spark.sparkContext().hadoopConfiguration(), "--out", out);
    TableStore store = new TableStore(spark, scores);
    KeptFeatures kept = new KeptFeatures(store, List.of(dataset), configId, allowIncomplete);
    Written written;
    try (FeatureSet features = kept.of(dataset);
        FeatureSet spatial = kept.of(dataset, KeptOutput.SPATIAL)) {
      boolean both = spatial.size() >= 2;
      file.write(new FeatureStatistics(features.normal(), both ? spatial.normal() : null).write());
      written =
          new Written(
              file.location(),
              kept.choice().model(),
              dataset,
              features.size(),
              features.dimension(),
              both ? spatial.dimension() : 0);
    }
    store.append(
        Table.RUNS, List.of(kept.complete(run, written.json()).with("dataset", dataset).toRow()));
    return written;
  }
}
