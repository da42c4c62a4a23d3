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
import org.apache.spark.sql.SparkSession;
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
              "{}: realism and rarity of its images are not computed, since its scores have no"
                  + " features; score it with --features, into another folder than before",
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
        perImage.accept(imageMeasures(rows.sparkSession(), generated, row, measures));
      }
    }
  }

  /** Rows of {@code image_measures}. */
  private static Dataset<Row> imageMeasures(
      SparkSession spark, FeatureSet generated, TableRow evaluation, SetMeasures measures) {
    Broadcast<double[][]> values =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new double[][] {measures.realism(), measures.rarity()});
    Object dataset = evaluation.get("dataset");
    Object reference = evaluation.get("reference");
    Object configId = evaluation.get("config_id");
    Object runId = evaluation.get("run_id");
    JavaRDD<Row> measured =
        generated
            .rows()
            .map(
                indexed -> {
                  Row image = indexed._1();
                  int i = indexed._2().intValue();
                  return TableRow.of(Table.IMAGE_MEASURES)
                      .with("path", image.getAs("path"))
                      .with("image_id", image.getAs("image_id"))
                      .with("dataset", dataset)
                      .with("reference", reference)
                      .with("config_id", configId)
                      .with("run_id", runId)
                      .with("realism", values.value()[0][i])
                      .with("rarity", values.value()[1][i])
                      .with("as_i", image.getAs("as_i"))
                      .toRow();
                });
    return spark.createDataFrame(measured, Table.IMAGE_MEASURES.schema());
  }

  @Override
  public void close() {
    reference.close();
  }
}
