package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Exact nearest neighbours, block against block over the executors, and which image lies in whose
 * ball. The driver holds some numbers an image.
 */
final class Neighbours {

  /** Of precision, recall, realism and rarity, as their authors take it. */
  static final int MANIFOLD_K = 3;

  /** Of density and coverage, as their authors take it. */
  static final int DENSITY_K = 5;

  private Neighbours() {}

  /**
   * Squared distances of each row to its nearest other rows of the set.
   *
   * @return {@code size × }{@value #DENSITY_K}, row by row, ascending; infinite where there are not
   *     so many others
   */
  static double[] radii(FeatureSet set) {
    double[] radii = new double[set.size() * DENSITY_K];
    for (Tuple2<Integer, double[]> part :
        set.blocks()
            .cartesian(set.blocks())
            .mapToPair(pair -> new Tuple2<>(pair._1().start(), nearest(pair._1(), pair._2())))
            .reduceByKey(Neighbours::nearer)
            .collect()) {
      System.arraycopy(part._2(), 0, radii, part._1() * DENSITY_K, part._2().length);
    }
    return radii;
  }

  /** The k-th column of {@link #radii}: the squared radius of each row's ball. */
  static double[] radius(double[] radii, int k) {
    double[] radius = new double[radii.length / DENSITY_K];
    for (int i = 0; i < radius.length; i++) {
      radius[i] = radii[i * DENSITY_K + k - 1];
    }
    return radius;
  }

  private static double[] nearest(FeatureBlock left, FeatureBlock right) {
    BlockDistances distances = new BlockDistances(left, right);
    double[] nearest = new double[left.rows() * DENSITY_K];
    Arrays.fill(nearest, Double.POSITIVE_INFINITY);
    for (int j = 0; j < right.rows(); j++) {
      for (int i = 0; i < left.rows(); i++) {
        int last = (i + 1) * DENSITY_K - 1;
        if (distances.atLeast(i, j) < nearest[last] && left.start() + i != right.start() + j) {
          insert(nearest, i * DENSITY_K, distances.exact(i, j));
        }
      }
    }
    return nearest;
  }

  /** Into {@value #DENSITY_K} ascending values from {@code from} on, the largest of which goes. */
  private static void insert(double[] nearest, int from, double distance) {
    int at = from + DENSITY_K - 1;
    if (distance >= nearest[at]) {
      return;
    }
    for (; at > from && nearest[at - 1] > distance; at--) {
      nearest[at] = nearest[at - 1];
    }
    nearest[at] = distance;
  }

  private static double[] nearer(double[] a, double[] b) {
    double[] nearer = a.clone();
    for (int i = 0; i < b.length; i++) {
      insert(nearer, i / DENSITY_K * DENSITY_K, b[i]);
    }
    return nearer;
  }

  /**
   * Squared radii of balls around both sets' images.
   *
   * @param realism the reference's for {@link #MANIFOLD_K}, NaN for the images that realism leaves
   *     out
   */
  record Balls(double[] reference, double[] referenceDensity, double[] generated, double[] realism)
      implements Serializable {}

  /**
   * What was found of the images of one set, or of a block of them. Parts of one block join to the
   * same whole in any order.
   *
   * @param inManifold 1 where the image is in a ball of the other set's images, {@link #MANIFOLD_K}
   * @param inDensity of a generated image: in how many balls of the reference it is, {@link
   *     #DENSITY_K}; of a reference image: 1 where a generated image is in its own ball
   * @param realism squared, of a generated image: the largest ratio of a reference image's radius
   *     to the distance from it; infinite for a copy, NaN without a ratio; 0 to 0 is none
   * @param rarity squared, of a generated image: the smallest radius of a ball that it is in; NaN
   *     where it is in none
   */
  record Found(int[] inManifold, int[] inDensity, double[] realism, double[] rarity)
      implements Serializable {

    static Found nothing(int rows) {
      Found found = new Found(new int[rows], new int[rows], new double[rows], new double[rows]);
      Arrays.fill(found.realism, Double.NaN);
      Arrays.fill(found.rarity, Double.NaN);
      return found;
    }

    Found plus(Found other) {
      Found sum = nothing(inManifold.length);
      for (int i = 0; i < inManifold.length; i++) {
        sum.inManifold[i] = Math.max(inManifold[i], other.inManifold[i]);
        sum.inDensity[i] = inDensity[i] + other.inDensity[i];
        sum.realism[i] = larger(realism[i], other.realism[i]);
        sum.rarity[i] = smaller(rarity[i], other.rarity[i]);
      }
      return sum;
    }

    private void copyTo(Found whole, int start) {
      int n = inManifold.length;
      System.arraycopy(inManifold, 0, whole.inManifold, start, n);
      System.arraycopy(inDensity, 0, whole.inDensity, start, n);
      System.arraycopy(realism, 0, whole.realism, start, n);
      System.arraycopy(rarity, 0, whole.rarity, start, n);
    }
  }

  /**
   * Looks at each generated image beside each of the reference.
   *
   * @return of the reference's images, and of the generated ones
   */
  static Tuple2<Found, Found> find(FeatureSet reference, FeatureSet generated, Balls balls) {
    Broadcast<Balls> shared =
        JavaSparkContext.fromSparkContext(reference.blocks().context()).broadcast(balls);
    Found ofReference = Found.nothing(reference.size());
    Found ofGenerated = Found.nothing(generated.size());
    for (Tuple2<Tuple2<Boolean, Integer>, Found> part :
        generated
            .blocks()
            .cartesian(reference.blocks())
            .flatMapToPair(pair -> found(pair._1(), pair._2(), shared.value()).iterator())
            .reduceByKey(Found::plus)
            .collect()) {
      part._2().copyTo(part._1()._1() ? ofGenerated : ofReference, part._1()._2());
    }
    shared.destroy();
    return new Tuple2<>(ofReference, ofGenerated);
  }

  private static List<Tuple2<Tuple2<Boolean, Integer>, Found>> found(
      FeatureBlock generated, FeatureBlock reference, Balls balls) {
    BlockDistances distances = new BlockDistances(generated, reference);
    Found ofGenerated = Found.nothing(generated.rows());
    Found ofReference = Found.nothing(reference.rows());
    for (int j = 0; j < reference.rows(); j++) {
      double radius = balls.reference[reference.start() + j];
      double densityRadius = balls.referenceDensity[reference.start() + j];
      double realismRadius = balls.realism[reference.start() + j];
      for (int i = 0; i < generated.rows(); i++) {
        if (distances.within(i, j, densityRadius)) {
          ofGenerated.inDensity[i]++;
          ofReference.inDensity[j]++;
          // Its ball for fewer neighbours lies within.
          if (distances.within(i, j, radius)) {
            ofGenerated.inManifold[i] = 1;
            ofGenerated.rarity[i] = smaller(ofGenerated.rarity[i], radius);
          }
        }
        if (distances.within(i, j, balls.generated[generated.start() + i])) {
          ofReference.inManifold[j] = 1;
        }
        // A NaN radius never passes; without a ratio so far every other does.
        if (realismRadius >= 0
            && !(realismRadius <= ofGenerated.realism[i] * distances.atLeast(i, j))) {
          ofGenerated.realism[i] =
              larger(ofGenerated.realism[i], realismRadius / distances.exact(i, j));
        }
      }
    }
    return List.of(
        new Tuple2<>(new Tuple2<>(true, generated.start()), ofGenerated),
        new Tuple2<>(new Tuple2<>(false, reference.start()), ofReference));
  }

  /**
   * The nearest row of another set to each row of a set; of equally near ones the first.
   *
   * @param squared distances
   * @param index of the nearest in its set
   */
  record Nearest(double[] squared, int[] index) implements Serializable {

    private static Nearest nothing(int rows) {
      Nearest nearest = new Nearest(new double[rows], new int[rows]);
      Arrays.fill(nearest.squared, Double.POSITIVE_INFINITY);
      Arrays.fill(nearest.index, Integer.MAX_VALUE);
      return nearest;
    }

    private static Nearest of(FeatureBlock block, FeatureBlock others) {
      BlockDistances distances = new BlockDistances(block, others);
      Nearest nearest = nothing(block.rows());
      for (int j = 0; j < others.rows(); j++) {
        for (int i = 0; i < block.rows(); i++) {
          if (distances.atLeast(i, j) < nearest.squared[i]) {
            nearest.take(i, distances.exact(i, j), others.start() + j);
          }
        }
      }
      return nearest;
    }

    private void take(int i, double distance, int of) {
      if (distance < squared[i] || (distance == squared[i] && of < index[i])) {
        squared[i] = distance;
        index[i] = of;
      }
    }

    private Nearest nearer(Nearest other) {
      Nearest nearer = new Nearest(squared.clone(), index.clone());
      for (int i = 0; i < squared.length; i++) {
        nearer.take(i, other.squared[i], other.index[i]);
      }
      return nearer;
    }
  }

  /**
   * Looks for the nearest of other features to each of a set's.
   *
   * @param others blocks of a set of the same dimension, at least a row in all
   */
  static Nearest nearest(FeatureSet set, JavaRDD<FeatureBlock> others) {
    Nearest whole = Nearest.nothing(set.size());
    for (Tuple2<Integer, Nearest> part :
        set.blocks()
            .cartesian(others)
            .mapToPair(pair -> new Tuple2<>(pair._1().start(), Nearest.of(pair._1(), pair._2())))
            .reduceByKey(Nearest::nearer)
            .collect()) {
      System.arraycopy(part._2().squared, 0, whole.squared, part._1(), part._2().squared.length);
      System.arraycopy(part._2().index, 0, whole.index, part._1(), part._2().index.length);
    }
    return whole;
  }

  private static double larger(double a, double b) {
    return Double.isNaN(a) || b > a ? b : a;
  }

  private static double smaller(double a, double b) {
    return Double.isNaN(a) || b < a ? b : a;
  }
}
