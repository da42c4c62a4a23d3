package org.anomalyscore.classify;

import static org.apache.spark.ml.functions.array_to_vector;
import static org.apache.spark.ml.functions.vector_to_array;
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.anomalyscore.stats.AreaUnderCurve;
import org.anomalyscore.stats.ProportionInterval;
import org.anomalyscore.storage.Json;
import org.anomalyscore.table.TableRow;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * A task with its images parted: trains every classifier on one training set and tests it.
 *
 * @param fraction of the images beside the test set that are trained on
 * @param test images of a class in the test set: places 0 to {@code test - 1}
 * @param train images of a class in the training set: the places that follow
 * @param dimension of the features
 */
record SplitClassifier(
    ClassificationTask task, double fraction, long test, long train, int dimension, long seed) {

  private static final double CONFIDENCE = 0.95;

  /** Numbers in a partition of a training set: 64 MB as doubles. */
  private static final long PARTITION_VALUES = 8_000_000;

  static SplitClassifier of(
      ClassificationTask task, SplitOptions options, double fraction, int dimension) {
    long n = task.perClass();
    long test = Math.max(1, Math.min(n - 1, Math.round(options.testFraction() * n)));
    long train = Math.max(1, Math.round(fraction * (n - test)));
    return new SplitClassifier(task, fraction, test, train, dimension, options.seed());
  }

  /**
   * Partitions of the training set, by its size alone. One gives the same bits however it is run;
   * of more Spark adds the partial sums in the order in which they end.
   */
  int partitions() {
    long values = train * task.classes().size() * dimension;
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
    Dataset<Row> all = task.rows(ranked);
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
      int classes = task.classes().size();
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
    int classes = task.classes().size();
    List<Vector> rows = new ArrayList<>();
    for (long place = 0; place < test + train; place++) {
      for (int label = 0; label < classes; label++) {
        rows.add(task.image(images, label, place));
      }
    }
    int tested = (int) test * classes;
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
      found.add(put(row.get(), answers).with("classifier", classifier.text()));
    }
    return found;
  }

  /** What was said of the test images. */
  private static final class Answers {

    private final long[][] confusion;
    private final List<List<Double>> differences = List.of(new ArrayList<>(), new ArrayList<>());

    Answers(int classes) {
      confusion = new long[classes][classes];
    }

    /**
     * Adds one.
     *
     * @param difference of what speaks for the second class and for the first; not the probability,
     *     in which sure answers are tied at 1
     */
    void add(int label, int said, double difference) {
      confusion[label][said]++;
      if (confusion.length == 2) {
        differences.get(label).add(difference);
      }
    }
  }

  private TableRow tested(Dataset<Row> predictions, TableRow row) {
    Answers answers = new Answers(task.classes().size());
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
    return put(row, answers);
  }

  private TableRow put(TableRow row, Answers answers) {
    put(row, answers.confusion);
    if (answers.confusion.length == 2) {
      AreaUnderCurve area =
          AreaUnderCurve.of(
              array(answers.differences.get(0)), array(answers.differences.get(1)), CONFIDENCE);
      row.with("auc", area.area()).with("auc_low", area.low()).with("auc_high", area.high());
    }
    return row;
  }

  private void put(TableRow row, long[][] confusion) {
    int classes = task.classes().size();
    long right = 0;
    long n = 0;
    for (int i = 0; i < classes; i++) {
      right += confusion[i][i];
      for (long count : confusion[i]) {
        n += count;
      }
    }
    ProportionInterval accuracy = ProportionInterval.wilson(right, n, CONFIDENCE);
    Map<String, Object> table = new LinkedHashMap<>();
    table.put("classes", task.classes());
    table.put("counts", confusion);
    boolean pair = task.kind() == ClassificationTask.Kind.GENERATED_PAIR;
    row.with("task", task.kind().text())
        .with("control", task.kind().isControl())
        .with("dataset", dataset(row))
        .with("other_dataset", pair ? task.classes().get(1) : null)
        .with("train_fraction", fraction)
        .with("n_classes", (long) classes)
        .with("n_train", classes * train)
        .with("n_test", n)
        .with("chance", 1.0 / classes)
        .with("accuracy", accuracy.share())
        .with("accuracy_low", accuracy.low())
        .with("accuracy_high", accuracy.high())
        .with("confidence", CONFIDENCE)
        .with("confusion", Json.write(table));
  }

  /** The set that is told from the reference, or from {@code other_dataset}; null for all. */
  private Object dataset(TableRow row) {
    return switch (task.kind()) {
      case REFERENCE_AND_GENERATED, PERMUTED_LABELS -> task.classes().get(1);
      case GENERATED_PAIR -> task.classes().get(0);
      case REFERENCE_HALVES -> row.get("reference");
      case WHICH_SET -> null;
    };
  }

  private static double[] array(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
