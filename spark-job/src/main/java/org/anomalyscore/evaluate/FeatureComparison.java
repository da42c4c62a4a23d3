package org.anomalyscore.evaluate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.anomalyscore.setmeasures.Estimate;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.setmeasures.Memorisation;
import org.anomalyscore.setmeasures.SetMeasures;
import org.anomalyscore.storage.UserException;
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
import scala.Tuple2;

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
          .add("rarity", DataTypes.DoubleType)
          .add("training_path", DataTypes.StringType)
          .add("training_distance", DataTypes.DoubleType)
          .add("training_ratio", DataTypes.DoubleType);

  private final TableStore store;
  private final ScoreTimes times;
  private final String configId;
  private final FeatureSet reference;
  private final OutputComparison outputs;
  private final String trainingName;
  private final FeatureSet training;
  private final Memorisation memorisation;

  /**
   * Reads the reference's features, and the training set's.
   *
   * @param training data set that the generators were trained on; or null
   * @throws UserException where a training set is named and there are no features to compare
   */
  FeatureComparison(
      TableStore store, ScoreTimes times, String configId, Images reference, String training) {
    this.store = store;
    this.times = times;
    this.configId = configId;
    this.trainingName = training;
    this.reference = FeatureSet.of(rows(reference));
    this.outputs =
        this.reference.size() == 0 ? null : new OutputComparison(store, times, configId, reference);
    this.training = training == null ? null : FeatureSet.of(rows(new Images(training, null)));
    this.memorisation = training == null ? null : memorisation(reference.dataset());
  }

  private Dataset<Row> rows(Images images) {
    return CurrentScores.features(store, times, configId, images.dataset(), images.present());
  }

  private Memorisation memorisation(String referenceName) {
    boolean few = training.size() < 2;
    if (few || reference.size() == 0) {
      close();
      throw new UserException(
          "Cannot look for copies of '%s': the scores of data set '%s' have the features of %d images, and %s."
                  .formatted(
                      trainingName,
                      few ? trainingName : referenceName,
                      few ? training.size() : 0,
                      few ? "it takes two" : "it takes one")
              + " Score it with --features, into another folder if it is scored already.");
    }
    tell(
        trainingName,
        training.size(),
        (double) training.size() * (training.size() + reference.size()));
    return new Memorisation(training, reference);
  }

  /**
   * Sets the columns of set measures in a row of {@code evaluations}, where both sets have
   * features.
   *
   * @param perImage takes {@code path}, {@code realism}, {@code rarity} and what there is of the
   *     training set of each image with features, and must use them at once; or null
   * @return whether both sets have features
   */
  boolean put(TableRow row, Images images, long seed, Consumer<Dataset<Row>> perImage) {
    if (reference.size() == 0) {
      return false;
    }
    Dataset<Row> rows = rows(images);
    try (FeatureSet generated = FeatureSet.of(rows)) {
      if (generated.size() == 0) {
        return false;
      }
      double pairs =
          Math.pow(reference.size(), 2)
              + (double) generated.size() * (reference.size() + generated.size());
      if (training != null) {
        pairs += (double) generated.size() * training.size();
      }
      tell(images.dataset(), generated.size(), pairs);
      SetMeasures measures = SetMeasures.of(reference, generated, seed);
      row.with("n_features", (long) measures.n())
          .with("n_features_reference", (long) measures.nReference());
      put(row, Group.SET, measures.byName());
      put(row, Group.OUTPUT, outputs.of(images));
      Memorisation.Found copies = memorisation == null ? null : memorisation.of(generated);
      if (copies != null) {
        row.with("training", trainingName).with("n_features_training", (long) copies.nTraining());
        put(row, Group.TRAINING, copies.byName());
      }
      if (perImage != null) {
        perImage.accept(imageMeasures(rows.sparkSession(), generated, measures, copies));
      }
    }
    return true;
  }

  private void tell(String dataset, int images, double pairs) {
    if (pairs > MANY_PAIRS) {
      LOG.info(
          "{}: measuring {} images with features against {}, {} billion distances of {} dimensions",
          dataset,
          images,
          reference.size(),
          Math.round(pairs / 1e9),
          reference.dimension());
    }
  }

  private static void put(TableRow row, Group group, Map<String, Estimate> byName) {
    for (Statistic statistic : Statistic.of(group)) {
      Estimate measured = byName.get(statistic.column());
      if (measured == null && group == Group.OUTPUT) {
        continue;
      }
      row.with(statistic.column(), measured.value());
      if (statistic.hasError()) {
        row.with(statistic.errorColumn(), measured.error());
      }
    }
  }

  /** What an image has of the training set; all null without one. */
  private record Copied(String[] path, double[] distance, double[] ratio) implements Serializable {

    static Copied of(FeatureSet training, Memorisation.Found found) {
      Set<Integer> wanted = Arrays.stream(found.nearest()).boxed().collect(Collectors.toSet());
      Map<Integer, String> paths =
          training
              .rows()
              .filter(indexed -> wanted.contains(indexed._2().intValue()))
              .mapToPair(
                  indexed ->
                      new Tuple2<>(indexed._2().intValue(), indexed._1().<String>getAs("path")))
              .collectAsMap();
      String[] path = Arrays.stream(found.nearest()).mapToObj(paths::get).toArray(String[]::new);
      return new Copied(path, found.distance(), found.ratio());
    }
  }

  private Dataset<Row> imageMeasures(
      SparkSession spark, FeatureSet generated, SetMeasures measures, Memorisation.Found found) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    Broadcast<double[][]> values =
        context.broadcast(new double[][] {measures.realism(), measures.rarity()});
    Broadcast<Copied> copied = found == null ? null : context.broadcast(Copied.of(training, found));
    JavaRDD<Row> measured =
        generated
            .rows()
            .map(
                indexed -> {
                  int i = indexed._2().intValue();
                  Copied copy = copied == null ? null : copied.value();
                  return RowFactory.create(
                      indexed._1().getAs("path"),
                      orNull(values.value()[0][i]),
                      orNull(values.value()[1][i]),
                      copy == null ? null : copy.path()[i],
                      copy == null ? null : copy.distance()[i],
                      copy == null ? null : orNull(copy.ratio()[i]));
                });
    return spark.createDataFrame(measured, IMAGE_MEASURES);
  }

  private static Double orNull(double value) {
    return Double.isNaN(value) ? null : value;
  }

  @Override
  public void close() {
    reference.close();
    if (outputs != null) {
      outputs.close();
    }
    if (training != null) {
      training.close();
    }
  }
}
