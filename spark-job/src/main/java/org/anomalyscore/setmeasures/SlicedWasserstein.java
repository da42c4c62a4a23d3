package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.stats.Jackknife;
import org.anomalyscore.stats.PointOrder;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Sliced Wasserstein distance: the mean over {@value #DIRECTIONS} random directions θ of the
 * squared 2-Wasserstein distance of x·θ and y·θ (Bonneel et al. 2015,
 * doi:10.1007/s10851-014-0506-3, Eq. 8), which for one dimension is that of sorted values, times
 * the dimension. So it is on the scale of the Fréchet distance: where one set is the other shifted
 * by δ it is about ‖δ‖². MIND (Berthet et al. 2026, arXiv 2605.06797) is three times this on the
 * features of Inception-v3, along 1,000 directions and of sets that are cut to one size.
 *
 * <p>It is biased upwards for small sets, as the Fréchet distance is. Of a set of more than {@value
 * FeatureSet#SAMPLE_ROWS} images so many are taken.
 */
final class SlicedWasserstein {

  static final int DIRECTIONS = 500;

  private SlicedWasserstein() {}

  /** What the rows of a block are along a direction. */
  private record Slice(boolean second, int start, double[] values) implements Serializable {}

  /** A set along a direction, ascending. */
  private record Sorted(double[] values, int[] groups) {

    /** All that are not of a group; −1 for all. */
    double[] without(int group) {
      double[] kept = new double[values.length];
      int n = 0;
      for (int i = 0; i < values.length; i++) {
        kept[n] = values[i];
        n += groups[i] == group ? 0 : 1;
      }
      return Arrays.copyOf(kept, n);
    }

    int groupCount() {
      return Math.min(FeatureSet.GROUPS, values.length);
    }
  }

  /**
   * The distance.
   *
   * @param seed of the directions
   * @return NaN if a set has no image. The error is by the delete-a-group jackknife over both sets'
   *     groups, with the directions taken as given; NaN if a set has fewer than two
   */
  static Estimate between(FeatureSet a, FeatureSet b, long seed) {
    if (a.size() == 0 || b.size() == 0) {
      return Estimate.UNDEFINED;
    }
    int d = a.dimension();
    int n = a.sampleSize();
    int m = b.sampleSize();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(a.blocks().context());
    Broadcast<double[]> directions = context.broadcast(directions(d, seed));
    List<double[]> found =
        slices(a, directions, false)
            .union(slices(b, directions, true))
            .groupByKey(Math.min(DIRECTIONS, 4 * context.defaultParallelism()))
            .mapValues(slices -> distances(sorted(slices, false, n), sorted(slices, true, m)))
            .collect()
            .stream()
            .sorted(Comparator.comparing(Tuple2::_1))
            .map(Tuple2::_2)
            .toList();
    directions.destroy();
    double[] sums = new double[found.get(0).length];
    for (double[] each : found) {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += each[i] * d / DIRECTIONS;
      }
    }
    if (n < 2 || m < 2) {
      return new Estimate(sums[0], Double.NaN);
    }
    int cut = 1 + Math.min(FeatureSet.GROUPS, n);
    double variance =
        Jackknife.variance(Arrays.copyOfRange(sums, 1, cut))
            + Jackknife.variance(Arrays.copyOfRange(sums, cut, sums.length));
    return new Estimate(sums[0], Math.sqrt(variance));
  }

  /**
   * Unit vectors, each of normal values by Box and Muller from one SplitMix64 stream: pair j of a
   * vector is √(−2 ln(1 − u))·cos 2πv and ·sin 2πv of the next two uniforms u and v.
   *
   * @return {@code dimension × }{@value #DIRECTIONS}, by columns
   */
  static double[] directions(int dimension, long seed) {
    UniformRandomProvider random = RandomSource.SPLIT_MIX_64.create(seed);
    double[] directions = new double[dimension * DIRECTIONS];
    for (int from = 0; from < directions.length; from += dimension) {
      double squares = 0;
      for (int t = 0; t < dimension; t += 2) {
        double radius = Math.sqrt(-2 * Math.log1p(-random.nextDouble()));
        double angle = 2 * Math.PI * random.nextDouble();
        directions[from + t] = radius * Math.cos(angle);
        if (t + 1 < dimension) {
          directions[from + t + 1] = radius * Math.sin(angle);
        }
      }
      for (int t = from; t < from + dimension; t++) {
        squares += directions[t] * directions[t];
      }
      double length = Math.sqrt(squares);
      for (int t = from; t < from + dimension; t++) {
        directions[t] /= length;
      }
    }
    return directions;
  }

  private static JavaPairRDD<Integer, Slice> slices(
      FeatureSet set, Broadcast<double[]> directions, boolean second) {
    return set.sample()
        .flatMapToPair(
            block -> {
              double[] along =
                  Netlib.transposedTimes(
                      block.wide(),
                      directions.value(),
                      block.rows(),
                      DIRECTIONS,
                      block.dimension());
              List<Tuple2<Integer, Slice>> slices = new ArrayList<>(DIRECTIONS);
              for (int p = 0; p < DIRECTIONS; p++) {
                double[] values =
                    Arrays.copyOfRange(along, p * block.rows(), (p + 1) * block.rows());
                slices.add(new Tuple2<>(p, new Slice(second, block.start(), values)));
              }
              return slices.iterator();
            });
  }

  private static Sorted sorted(Iterable<Slice> slices, boolean second, int n) {
    double[] values = new double[n];
    for (Slice slice : slices) {
      if (slice.second == second) {
        System.arraycopy(slice.values, 0, values, slice.start, slice.values.length);
      }
    }
    int[] order = PointOrder.ascending(values, values);
    int[] groups = new int[n];
    Arrays.setAll(groups, i -> FeatureSet.sampleGroup(order[i], n));
    return new Sorted(PointOrder.inOrder(values, order), groups);
  }

  /** Of both sets, then without each group of the first, then without each of the second. */
  private static double[] distances(Sorted a, Sorted b) {
    double[] distances = new double[1 + a.groupCount() + b.groupCount()];
    distances[0] = squaredDistance(a.values, b.values);
    for (int g = 0; g < a.groupCount(); g++) {
      distances[1 + g] = squaredDistance(a.without(g), b.values);
    }
    for (int g = 0; g < b.groupCount(); g++) {
      distances[1 + a.groupCount() + g] = squaredDistance(a.values, b.without(g));
    }
    return distances;
  }

  /**
   * The squared 2-Wasserstein distance of two samples, ascending: the integral of the squared
   * difference of both quantile functions. NaN where one is empty.
   */
  static double squaredDistance(double[] x, double[] y) {
    long n = x.length;
    long m = y.length;
    double sum = 0;
    // A place on the way from 0 to n·m is an exact probability.
    long at = 0;
    for (int i = 0, j = 0; i < n && j < m; ) {
      long endOfX = (i + 1) * m;
      long endOfY = (j + 1) * n;
      long end = Math.min(endOfX, endOfY);
      double difference = x[i] - y[j];
      sum += difference * difference * (end - at);
      at = end;
      i += endOfX == end ? 1 : 0;
      j += endOfY == end ? 1 : 0;
    }
    return sum / ((double) n * m);
  }
}
