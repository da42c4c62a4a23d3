package org.anomalyscore.evaluation;

import java.util.Locale;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.MultilayerPerceptronClassifier;
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
          .setMaxIter(200)
          .setTol(1e-9)
          .fit(train);
    }
  },

  /** One hidden layer of {@value #HIDDEN} sigmoid units, trained by L-BFGS. */
  MULTILAYER_PERCEPTRON {
    @Override
    Transformer fit(Dataset<Row> train, long n, int dimension, int classes, long seed) {
      return new MultilayerPerceptronClassifier()
          .setFeaturesCol(FEATURES)
          .setLayers(new int[] {dimension, HIDDEN, classes})
          .setMaxIter(100)
          .setSeed(seed)
          .fit(train);
    }
  };

  /** The column of standardised features, as a vector. */
  static final String FEATURES = "standardised";

  private static final int HIDDEN = 32;

  /**
   * Trains; the model adds {@code prediction} and {@code rawPrediction}, a number a class.
   *
   * @param train {@code label} from 0 and {@value #FEATURES}
   * @param n rows of it
   * @param dimension of the features
   */
  abstract Transformer fit(Dataset<Row> train, long n, int dimension, int classes, long seed);

  /** As in the table. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
