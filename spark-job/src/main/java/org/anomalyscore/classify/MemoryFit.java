package org.anomalyscore.classify;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.anomalyscore.classify.Minimiser.Loss;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.ann.ANNGradient;
import org.apache.spark.ml.ann.DataStacker;
import org.apache.spark.ml.ann.FeedForwardTopology;
import org.apache.spark.ml.ann.FeedForwardTopology$;
import org.apache.spark.ml.ann.TopologyModel;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.Instance;
import org.apache.spark.ml.feature.InstanceBlock;
import org.apache.spark.ml.feature.InstanceBlock$;
import org.apache.spark.ml.feature.StandardScalerModel$;
import org.apache.spark.ml.linalg.BLAS$;
import org.apache.spark.ml.linalg.DenseMatrix;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.optim.aggregator.BinaryLogisticBlockAggregator;
import org.apache.spark.ml.optim.aggregator.DifferentiableLossAggregator;
import org.apache.spark.ml.optim.aggregator.MultinomialLogisticBlockAggregator;
import org.apache.spark.ml.optim.loss.L2Regularization;
import org.apache.spark.ml.stat.Summarizer$;
import org.apache.spark.ml.stat.SummarizerBuffer;
import scala.Function1;
import scala.Option;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Fits MLlib's classifiers to a training set in this JVM's memory, without a Spark job for each
 * step: MLlib's own losses, blocks, start and L-BFGS (Breeze's), put together as MLlib does, so
 * that the numbers have the same bits as MLlib's on a training set of one partition. A test says
 * so.
 *
 * <p>These classes are MLlib's inner ones, which a later Spark may change: then a {@link
 * LinkageError} is thrown.
 */
final class MemoryFit {

  /** As MLlib's, in bytes and rows. */
  private static final long BLOCK_BYTES = 1 << 20;

  private static final int STACKED_ROWS = 128;

  private MemoryFit() {}

  /** A trained classifier. */
  interface Model {

    /** A number a class, the larger the likelier. */
    Vector raw(Vector features);

    /** The class that these numbers speak for. */
    int label(Vector raw);
  }

  /** Mean and deviation of each feature, and rows minus the one over the other. */
  static Function1<Vector, Vector> scaler(List<Vector> rows) {
    SummarizerBuffer summary = summary(rows);
    return StandardScalerModel$.MODULE$.getTransformFunc(
        summary.mean().toArray(), inverse(summary.std().toArray()), true, true);
  }

  private static SummarizerBuffer summary(List<Vector> rows) {
    SummarizerBuffer summary =
        Summarizer$.MODULE$.createSummarizerBuffer(
            CollectionConverters.asScala(List.of("mean", "std", "count")).toSeq());
    rows.forEach(row -> summary.add(row, 1));
    return summary;
  }

  private static double[] inverse(double[] deviations) {
    return Arrays.stream(deviations).map(std -> std == 0 ? 0 : 1 / std).toArray();
  }

  /**
   * As MLlib's {@code LogisticRegression} with an intercept, without standardisation, of two
   * classes or more that all occur.
   *
   * @param labels of the rows, from 0
   * @param penalty of the squares of the coefficients, halved
   */
  static Model logisticRegression(
      SparkContext context,
      List<Vector> rows,
      double[] labels,
      int classes,
      double penalty,
      int maxSteps,
      double tolerance) {
    SummarizerBuffer summary = summary(rows);
    double[] std = summary.std().toArray();
    double[] inverse = inverse(std);
    double[] mean = summary.mean().toArray();
    double[] scaledMean = new double[mean.length];
    Arrays.setAll(scaledMean, i -> inverse[i] * mean[i]);
    int sets = classes > 2 ? classes : 1;
    List<InstanceBlock> blocks = blocks(rows, labels, inverse);
    int coefficients = sets * mean.length;
    L2Regularization regularization =
        new L2Regularization(
            penalty,
            place -> (int) place < coefficients,
            Option.apply(place -> std[(int) place / sets]));
    var broadInverse = new LocalBroadcast<>(inverse, double[].class);
    var broadMean = new LocalBroadcast<>(scaledMean, double[].class);
    double[] solution =
        Minimiser.minimise(
            context,
            weights -> {
              Vector at = Vectors.dense(weights);
              var broadAt = new LocalBroadcast<>(at, Vector.class);
              Loss loss =
                  classes > 2
                      ? loss(
                          new MultinomialLogisticBlockAggregator(
                              broadInverse, broadMean, true, true, broadAt),
                          blocks)
                      : loss(
                          new BinaryLogisticBlockAggregator(
                              broadInverse, broadMean, true, true, broadAt),
                          blocks);
              Tuple2<Object, Vector> more = regularization.calculate(at);
              return loss.plus((double) more._1(), more._2().toArray(), 1);
            },
            start(labels, classes, sets, mean.length),
            maxSteps,
            tolerance);
    return model(solution, std, scaledMean, classes, sets);
  }

  private static List<InstanceBlock> blocks(List<Vector> rows, double[] labels, double[] inverse) {
    Function1<Vector, Vector> scale =
        StandardScalerModel$.MODULE$.getTransformFunc(new double[0], inverse, false, true);
    List<Instance> instances = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      instances.add(new Instance(labels[i], 1, scale.apply(rows.get(i))));
    }
    Iterator<Instance> each = CollectionConverters.asScala(instances.iterator());
    List<InstanceBlock> blocks = new ArrayList<>();
    CollectionConverters.asJava(InstanceBlock$.MODULE$.blokifyWithMaxMemUsage(each, BLOCK_BYTES))
        .forEachRemaining(blocks::add);
    return blocks;
  }

  private static <A extends DifferentiableLossAggregator<InstanceBlock, A>> Loss loss(
      DifferentiableLossAggregator<InstanceBlock, A> sum, List<InstanceBlock> blocks) {
    blocks.forEach(sum::add);
    return new Loss(sum.loss(), sum.gradient().toArray());
  }

  /** No coefficients, and intercepts by how often the classes occur. */
  private static double[] start(double[] labels, int classes, int sets, int features) {
    double[] counts = new double[classes];
    for (double label : labels) {
      counts[(int) label]++;
    }
    double[] start = new double[sets * (features + 1)];
    if (sets == 1) {
      start[features] = Math.log(counts[1] / counts[0]);
      return start;
    }
    double[] logs = Arrays.stream(counts).map(Math::log1p).toArray();
    double mean = sum(logs) / classes;
    for (int i = 0; i < classes; i++) {
      start[classes * features + i] = logs[i] - mean;
    }
    return start;
  }

  /** One after the other, unlike the JDK's streams. */
  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  /** Brings the solution from scaled and centred features to those that were given. */
  private static Model model(
      double[] solution, double[] std, double[] scaledMean, int classes, int sets) {
    int features = std.length;
    double[] intercepts = new double[sets];
    if (sets == 1) {
      double shift = BLAS$.MODULE$.javaBLAS().ddot(features, solution, 1, scaledMean, 1);
      intercepts[0] = solution[features] - shift;
    } else {
      double[] shift = new double[sets];
      BLAS$
          .MODULE$
          .javaBLAS()
          .dgemv("N", sets, features, 1, solution, sets, scaledMean, 1, 0, shift, 1);
      Arrays.setAll(intercepts, i -> solution[sets * features + i] - shift[i]);
      double mean = sum(intercepts) / sets;
      Arrays.setAll(intercepts, i -> intercepts[i] - mean);
    }
    double[] values = new double[sets * features];
    for (int set = 0; set < sets; set++) {
      for (int i = 0; i < features; i++) {
        values[set * features + i] = std[i] == 0 ? 0 : solution[i * sets + set] / std[i];
      }
    }
    Matrix coefficients = new DenseMatrix(sets, features, values, true).compressed();
    LogisticRegressionModel model =
        new LogisticRegressionModel(
            "in-memory", coefficients, Vectors.dense(intercepts).compressed(), classes, sets > 1);
    return new Model() {
      @Override
      public Vector raw(Vector row) {
        return model.predictRaw(row);
      }

      @Override
      public int label(Vector raw) {
        return (int) model.raw2prediction(raw);
      }
    };
  }

  /**
   * As MLlib's {@code MultilayerPerceptronClassifier}, with L-BFGS.
   *
   * @param layers units of each layer, the features first and the classes last
   */
  static Model perceptron(
      SparkContext context,
      List<Vector> rows,
      double[] labels,
      int[] layers,
      long seed,
      int maxSteps,
      double tolerance) {
    FeedForwardTopology topology = FeedForwardTopology$.MODULE$.multiLayerPerceptron(layers, true);
    int classes = layers[layers.length - 1];
    ANNGradient gradient =
        new ANNGradient(topology, new DataStacker(STACKED_ROWS, layers[0], classes));
    List<org.apache.spark.mllib.linalg.Vector> stacks = stacks(rows, labels, classes);
    double[] solution =
        Minimiser.minimise(
            context,
            weights -> {
              var at = org.apache.spark.mllib.linalg.Vectors.dense(weights);
              double[] sum = new double[weights.length];
              var slope = org.apache.spark.mllib.linalg.Vectors.dense(sum);
              double loss = 0;
              for (var stack : stacks) {
                loss += gradient.compute(stack, STACKED_ROWS, at, slope);
              }
              int n = stacks.size();
              return new Loss(loss / n, new double[sum.length]).plus(0, sum, 1.0 / n);
            },
            topology.model(seed).weights().toArray(),
            maxSteps,
            tolerance);
    TopologyModel model = topology.model(Vectors.dense(solution));
    return new Model() {
      @Override
      public Vector raw(Vector row) {
        return model.predictRaw(row);
      }

      @Override
      public int label(Vector raw) {
        return raw.argmax();
      }
    };
  }

  /** Rows one after the other, then 1 for the class of each and 0 for the others. */
  private static List<org.apache.spark.mllib.linalg.Vector> stacks(
      List<Vector> rows, double[] labels, int classes) {
    int features = rows.get(0).size();
    List<org.apache.spark.mllib.linalg.Vector> stacks = new ArrayList<>();
    for (int from = 0; from < labels.length; from += STACKED_ROWS) {
      int n = Math.min(STACKED_ROWS, labels.length - from);
      double[] stack = new double[n * (features + classes)];
      for (int i = 0; i < n; i++) {
        System.arraycopy(rows.get(from + i).toArray(), 0, stack, i * features, features);
        stack[n * features + i * classes + (int) labels[from + i]] = 1;
      }
      stacks.add(org.apache.spark.mllib.linalg.Vectors.dense(stack));
    }
    return stacks;
  }
}
