package org.anomalyscore.evaluate;

import java.util.Map;
import java.util.function.Consumer;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.setmeasures.SetMeasures;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Statistic;
import org.anomalyscore.table.Statistic.Group;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
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

  private static final StructType IMAGE_MEASURES =
      new StructType()
          .add("path", DataTypes.StringType)
          .add("realism", DataTypes.DoubleType)
          .add("rarity", DataTypes.DoubleType);

  private final TableStore store;
  private final ScoreTimes times;
  private final String configId;
  private final FeatureSet reference;

  /** Reads the reference's features. */
  FeatureComparison(TableStore store, ScoreTimes times, String configId, Images reference) {
    this.store = store;
    this.times = times;
    this.configId = configId;
    this.reference =
        FeatureSet.of(
            CurrentScores.features(
                store, times, configId, reference.dataset(), reference.present()));
  }

  /**
   * Sets the columns of set measures in a row of {@code evaluations}, where both sets have
   * features.
   *
   * @param perImage takes {@code path}, {@code realism} and {@code rarity} of each image with
   *     features, and must use them at once; or null
   * @return whether both sets have features
   */
  boolean put(TableRow row, Images images, long seed, Consumer<Dataset<Row>> perImage) {
    if (reference.size() == 0) {
      return false;
    }
    Dataset<Row> rows =
        CurrentScores.features(store, times, configId, images.dataset(), images.present());
    try (FeatureSet generated = FeatureSet.of(rows)) {
      if (generated.size() == 0) {
        return false;
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
      Map<String, Estimate> byName = measures.byName();
      for (Statistic statistic : Statistic.of(Group.SET)) {
        Estimate measured = byName.get(statistic.column());
        row.with(statistic.column(), measured.value());
        if (statistic.hasError()) {
          row.with(statistic.errorColumn(), measured.error());
        }
      }
      if (perImage != null) {
        perImage.accept(imageMeasures(rows.sparkSession(), generated, measures));
      }
    }
    return true;
  }

  private static Dataset<Row> imageMeasures(
      SparkSession spark, FeatureSet generated, SetMeasures measures) {
    Broadcast<double[][]> values =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .broadcast(new double[][] {measures.realism(), measures.rarity()});
    JavaRDD<Row> measured =
        generated
            .rows()
            .map(
                indexed -> {
                  int i = indexed._2().intValue();
                  return RowFactory.create(
                      indexed._1().getAs("path"),
                      orNull(values.value()[0][i]),
                      orNull(values.value()[1][i]));
                });
    return spark.createDataFrame(measured, IMAGE_MEASURES);
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  @Override
  public void close() {
    reference.close();
  }
}
