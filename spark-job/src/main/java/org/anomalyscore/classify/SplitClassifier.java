package org.anomalyscore.classify;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.anomalyscore.table.TableRow;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Trains every classifier on the features of one training set and tests it.
 *
 * @param dimension of the features
 */
record SplitClassifier(Split split, int dimension, long seed) {

  /** Numbers in a partition of a training set: 64 MB as doubles. */
  private static final long PARTITION_VALUES = 8_000_000;

  /**
   * Partitions of the training set, by its size alone. One gives the same bits however it is run;
   * of more Spark adds the partial sums in the order in which they end.
   */
  int partitions() {
    long values = split.train() * split.task().classes().size() * dimension;
    return (int) Math.max(1, (values + PARTITION_VALUES - 1) / PARTITION_VALUES);
  }

  /**
   * Trains and tests.
   *
   * @param ranked see {@link RankedFeatures#read}
   * @param row makes a row of {@code classifications} with what all rows of the run share
   * @return a row a classifier
   */
  List<TableRow> classify(Dataset<Row> ranked, Supplier<TableRow> row) {
    long test = split.test();
    long train = split.train();
    Dataset<Row> all = split.task().rows(ranked);
    Dataset<Row> trained =
        arranged(all.where(col("place").geq(test).and(col("place").lt(test + train))));
    var scaler =
        new StandardScaler()
            .setInputCol("vector")
            .setOutputCol(FeatureClassifier.FEATURES)
            .setWithMean(true)
            .setWithStd(true)
            .fit(trained);
    Dataset<Row> trainSet =
        scaler
            .transform(trained)
            .select("label", FeatureClassifier.FEATURES)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Dataset<Row> testSet = scaler.transform(arranged(all.where(col("place").lt(test))));
    List<TableRow> rows = new ArrayList<>();
    try {
      int classes = split.task().classes().size();
      for (FeatureClassifier classifier : FeatureClassifier.values()) {
        Transformer model = classifier.fit(trainSet, classes * train, dimension, classes, seed);
        rows.add(tested(model.transform(testSet), row.get()).with("classifier", classifier.text()));
      }
    } finally {
      trainSet.unpersist();
    }
    return rows;
  }

  /** The same rows in the same order in the same partitions, wherever they came from. */
  private Dataset<Row> arranged(Dataset<Row> rows) {
    return rows.repartition(partitions(), col("place"))
        .sortWithinPartitions("place", "label")
        .select(col("label"), array_to_vector(col("features")).as("vector"));
  }

  /**
   * Trains and tests in memory: the same numbers where the training set is one partition.
   *
   * @throws LinkageError where this Spark has other inner classes than the one this was built with
   */
  List<TableRow> classify(SparkContext context, ImagesInMemory images, Supplier<TableRow> row) {
    int classes = split.task().classes().size();
    List<Vector> rows = new ArrayList<>();
    for (long place = 0; place < split.test() + split.train(); place++) {
      for (int label = 0; label < classes; label++) {
        rows.add(images.get(split.task().source(label, place)));
      }
    }
    int tested = (int) split.test() * classes;
    var scale = MemoryFit.scaler(rows.subList(tested, rows.size()));
    rows.replaceAll(scale::apply);
    List<Vector> trainSet = rows.subList(tested, rows.size());
    double[] labels = new double[trainSet.size()];
    Arrays.setAll(labels, i -> i % classes);
    List<TableRow> found = new ArrayList<>();
    for (FeatureClassifier classifier : FeatureClassifier.values()) {
      MemoryFit.Model model = classifier.fit(context, trainSet, labels, classes, seed);
      Answers answers = new Answers(classes);
      for (int i = 0; i < tested; i++) {
        Vector raw = model.raw(rows.get(i));
        answers.add(i % classes, model.label(raw), raw.apply(1) - raw.apply(0));
      }
      found.add(answers.fill(row.get(), split).with("classifier", classifier.text()));
    }
    return found;
  }

  private TableRow tested(Dataset<Row> predictions, TableRow row) {
    Answers answers = new Answers(split.task().classes().size());
    var raw = vector_to_array(col("rawPrediction"), "float64");
    for (Row answer :
        predictions
            .select(
                col("label"),
                col("prediction"),
                raw.getItem(1).minus(raw.getItem(0)).as("difference"))
            .collectAsList()) {
      answers.add(
          answer.<Double>getAs("label").intValue(),
          answer.<Double>getAs("prediction").intValue(),
          answer.getAs("difference"));
    }
    return answers.fill(row, split);
  }
}
