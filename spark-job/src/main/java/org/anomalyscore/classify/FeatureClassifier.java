package org.anomalyscore.classify;

import java.util.List;
import java.util.Locale;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The classifiers of Spark MLlib that are tried, with fixed settings. */
enum FeatureClassifier {
  /**
   * Multinomial logistic regression with a ridge penalty of |w|^2 / (2 n) beside the mean loss, n
   * the size of the training set: what scikit-learn does by default (C = 1). Without a penalty
   * classes that can be separated have no solution.
   */
  LOGISTIC_REGRESSION {
    @Override
    Transformer fit(Dataset<Row> train, long n, int dimension, int classes, long seed) {
      return new LogisticRegression()
          .setFeaturesCol(FEATURES)
          .setRegParam(1.0 / n)
          .setElasticNetParam(0)
          .setStandardization(false) // it is done already
          .setMaxIter(MOST_STEPS)
          .setTol(TOLERANCE)
          .fit(train);
    }

    @Override
    MemoryFit.Model fit(
        SparkContext context, List<Vector> rows, double[] labels, int classes, long seed) {
      return MemoryFit.logisticRegression(
          context, rows, labels, classes, 1.0 / labels.length, MOST_STEPS, TOLERANCE);
    }
  },

  /**
   * One hidden layer of {@value #HIDDEN} sigmoid units, trained by {@value #STEPS} steps of L-BFGS.
   * It has no penalty, so that stopping early is what keeps it from learning noise. Between two
   * normal classes of 35,000 rows and 384 dimensions, where 0.69 is the best that can be, such a
   * network of scikit-learn was right in 0.68 of cases after 10 steps, 0.67 after 20, 0.60 after
   * 50; Spark's in 0.59 after 100.
   */
  MULTILAYER_PERCEPTRON {
    @Override
    Transformer fit(Dataset<Row> train, long n, int dimension, int classes, long seed) {
      return new MultilayerPerceptronClassifier()
          .setFeaturesCol(FEATURES)
          .setLayers(new int[] {dimension, HIDDEN, classes})
          .setMaxIter(STEPS)
          .setTol(PERCEPTRON_TOLERANCE)
          .setSeed(seed)
          .fit(train);
    }

    @Override
    MemoryFit.Model fit(
        SparkContext context, List<Vector> rows, double[] labels, int classes, long seed) {
      int[] layers = {rows.get(0).size(), HIDDEN, classes};
      return MemoryFit.perceptron(context, rows, labels, layers, seed, STEPS, PERCEPTRON_TOLERANCE);
    }
  };

  /** The column of standardised features, as a vector. */
  static final String FEATURES = "standardised";

  private static final int HIDDEN = 32;
  private static final int STEPS = 20;

  /** MLlib's default. */
  private static final double PERCEPTRON_TOLERANCE = 1e-6;

  private static final int MOST_STEPS = 200;
  private static final double TOLERANCE = 1e-9;

  /**
   * Trains; the model adds {@code prediction} and {@code rawPrediction}, a number a class.
   *
   * @param train {@code label} from 0 and {@value #FEATURES}
   * @param n rows of it
   * @param dimension of the features
   */
  abstract Transformer fit(Dataset<Row> train, long n, int dimension, int classes, long seed);

  /**
   * The same in memory; to the bit where {@code train} has one partition with these rows.
   *
   * @param rows standardised features
   * @param labels of the rows
   */
  abstract MemoryFit.Model fit(
      SparkContext context, List<Vector> rows, double[] labels, int classes, long seed);

  /** As in the table. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
