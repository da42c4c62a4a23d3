package org.anomalyscore.classify;

import java.util.Arrays;
import java.util.function.Function;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.optimization.Gradient;
import org.apache.spark.mllib.optimization.LBFGS;
import org.apache.spark.mllib.optimization.SimpleUpdater;
import org.apache.spark.rdd.RDD;
import scala.Function2;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * MLlib's L-BFGS, which is Breeze's, for a function that is computed in this JVM. Breeze itself
 * cannot be called from Java, which cannot write the two methods {@code apply} of its functions.
 */
final class Minimiser {

  /** Earlier steps that L-BFGS looks back to, as in MLlib. */
  private static final int MEMORY = 10;

  private Minimiser() {}

  /** A loss and its gradient. */
  record Loss(double value, double[] gradient) {

    Loss plus(double more, double[] slope, double factor) {
      double[] sum = new double[gradient.length];
      Arrays.setAll(sum, i -> gradient[i] + factor * slope[i]);
      return new Loss(value + more, sum);
    }
  }

  /** Where the function was least, after so many steps at most. */
  static double[] minimise(
      SparkContext context,
      Function<double[], Loss> function,
      double[] start,
      int maxSteps,
      double tolerance) {
    Gradient gradient = new FunctionGradient(function);
    return LBFGS
        .runLBFGS(
            new OneRow(context),
            gradient,
            new SimpleUpdater(),
            MEMORY,
            tolerance,
            maxSteps,
            0,
            Vectors.dense(start))
        ._1()
        .toArray();
  }

  private static final class FunctionGradient extends Gradient {

    private static final long serialVersionUID = 1;

    private final transient Function<double[], Loss> function;

    FunctionGradient(Function<double[], Loss> function) {
      this.function = function;
    }

    /** Of the one row, so that the sum is its own. */
    @Override
    public double compute(Vector row, double label, Vector weights, Vector sum) {
      Loss found = function.apply(weights.toArray());
      System.arraycopy(found.gradient(), 0, sum.toArray(), 0, found.gradient().length);
      return found.value();
    }
  }

  /** The data that MLlib's optimiser asks for: one row, which is aggregated without a job. */
  private static final class OneRow extends RDD<Tuple2<Object, Vector>> {

    private static final long serialVersionUID = 1;

    OneRow(SparkContext context) {
      super(
          context,
          CollectionConverters.asScala(java.util.List.<org.apache.spark.Dependency<?>>of()).toSeq(),
          ClassTag$.MODULE$.apply(Tuple2.class));
    }

    @Override
    public long count() {
      return 1;
    }

    @Override
    public <U> U treeAggregate(
        U zero,
        Function2<U, Tuple2<Object, Vector>, U> add,
        Function2<U, U, U> merge,
        int depth,
        ClassTag<U> tag) {
      return add.apply(zero, new Tuple2<>(0.0, Vectors.dense(new double[0])));
    }

    /** Which of the two MLlib calls depends on its version. */
    @Override
    public <U> U treeAggregate(
        U zero,
        Function2<U, Tuple2<Object, Vector>, U> add,
        Function2<U, U, U> merge,
        int depth,
        boolean onExecutor,
        ClassTag<U> tag) {
      return treeAggregate(zero, add, merge, depth, tag);
    }

    @Override
    public Iterator<Tuple2<Object, Vector>> compute(Partition split, TaskContext task) {
      throw new UnsupportedOperationException("No job reads this row");
    }

    @Override
    public Partition[] getPartitions() {
      // None would be a sum of nothing, and so a wrong answer without a word.
      throw new UnsupportedOperationException("No job reads this row");
    }
  }
}
