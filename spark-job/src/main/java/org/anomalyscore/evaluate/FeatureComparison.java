package org.anomalyscore.evaluate;

import java.util.Map;
import java.util.function.Consumer;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.setmeasures.SetMeasures;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Group;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Set measures of generated sets against one reference, from the features that the scores table
 * holds; nothing where it holds none. The reference's are read once.
 */
final class FeatureComparison implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(FeatureComparison.class);

  /** Above so many pairs of images the user should know what takes the time. */
  private static final double MANY_PAIRS = 1e9;

  private final TableStore store;
  private final String configId;
  private final FeatureSet reference;
  private final Consumer<Dataset<Row>> perImage;

  /**
   * Reads the reference's features.
   *
   * @param perImage takes rows of {@code image_measures}, which it must write at once; or null
   */
  FeatureComparison(
      TableStore store, String configId, Images reference, Consumer<Dataset<Row>> perImage) {
    this.store = store;
    this.configId = configId;
    this.reference =
        FeatureSet.of(
            CurrentScores.features(store, configId, reference.dataset(), reference.present()));
    this.perImage = perImage;
  }

  /** Number of the reference's images with features. */
  int size() {
    return reference.size();
  }

  /** Sets the columns of set measures in a row of {@code evaluations} that is else complete. */
  void put(TableRow row, Images images, long seed) {
    if (reference.size() == 0) {
      return;
    }
    Dataset<Row> rows = CurrentScores.features(store, configId, images.dataset(), images.present());
    try (FeatureSet generated = FeatureSet.of(rows)) {
      if (generated.size() == 0) {
        if (perImage != null) {
          LOG.warn(
              "{}: no realism and rarity of its images, since its scores have no features; score it"
                  + " with --features, into another folder than before",
              images.dataset());
        }
        return;
      }
      double pairs =
          Math.pow(reference.size(), 2)
              + (double) generated.size() * (reference.size() + generated.size());
      if (pairs > MANY_PAIRS) {
        LOG.info(
            "{}: measuring {} images with features against {}, {} billion distances of {}"
                + " dimensions",
            images.dataset(),
            generated.size(),
            reference.size(),
            Math.round(pairs / 1e9),
            reference.dimension());
      }
      SetMeasures measures = SetMeasures.of(reference, generated, seed);
      row.with("n_features", (long) measures.n())
          .with("n_features_reference", (long) measures.nReference());
      Map<String, SetMeasures.Measured> byName = measures.byName();
      for (Statistic statistic : Statistic.of(Group.SET)) {
        SetMeasures.Measured measured = byName.get(statistic.column());
        row.with(statistic.column(), measured.value())
            .with(statistic.errorColumn(), measured.error());
      }
      if (perImage != null) {
        perImage.accept(imageMeasures(rows, row, measures));
      }
    }
  }

  /** Rows of {@code image_measures}. */
  private static Dataset<Row> imageMeasures(
      Dataset<Row> rows, TableRow evaluation, SetMeasures measures) {
    Broadcast<double[][]> values =
        JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext())
            .broadcast(new double[][] {measures.realism(), measures.rarity()});
    Object dataset = evaluation.get("dataset");
    Object reference = evaluation.get("reference");
    Object configId = evaluation.get("config_id");
    Object runId = evaluation.get("run_id");
    // The order of FeatureSet.
    JavaRDD<Row> measured =
        rows.select("image_id", "path", "as_i")
            .orderBy("image_id", "path")
            .javaRDD()
            .zipWithIndex()
            .map(
                indexed -> {
                  Row image = indexed._1();
                  int i = indexed._2().intValue();
                  return RowFactory.create(
                      image.getString(1),
                      image.getString(0),
                      dataset,
                      reference,
                      configId,
                      runId,
                      orNull(values.value()[0][i]),
                      orNull(values.value()[1][i]),
                      image.getDouble(2));
                });
    StructType schema = Table.IMAGE_MEASURES.schema();
    return rows.sparkSession().createDataFrame(measured, schema);
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  @Override
  public void close() {
    reference.close();
  }
}
