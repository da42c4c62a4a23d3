package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Kernel distance: the unbiased estimate of the squared maximum mean discrepancy (Gretton et al.
 * 2012, JMLR 13, Lemma 6) under the polynomial kernel (x·y/d + 1)³ (Bińkowski et al. 2018, arXiv
 * 1801.01401, Sec. 4), d being the dimension: KID where the features are those of Inception-v3. It
 * is the mean over {@value #SUBSETS} pairs of random subsets of both sets, as those authors and
 * torch-fidelity compute it, and may be below 0.
 */
public final class KernelDistance {

  static final int SUBSETS = 100;

  /** Images of a subset, where both sets have as many. */
  static final int SUBSET_SIZE = 1000;

  private KernelDistance() {}

  /** Rows of a block that are in a subset: those at {@code rank} and after, of its sorted rows. */
  private record Picked(boolean generated, int rank, float[] rows) implements Serializable {}

  /**
   * The distance.
   *
   * @return NaN if a set has fewer than two rows. The error is the standard deviation over the
   *     subsets, as torch-fidelity reports it: that of sets of a subset's size; where sets are
   *     larger, their own is smaller. NaN unless both sets have more than {@value #SUBSET_SIZE}
   *     rows: a set that every subset holds whole would add nothing to it
   */
  static Estimate between(FeatureSet reference, FeatureSet generated, long seed) {
    int size = Math.min(SUBSET_SIZE, Math.min(reference.size(), generated.size()));
    if (size < 2) {
      return Estimate.UNDEFINED;
    }
    List<int[]> ofReference = new ArrayList<>();
    List<int[]> ofGenerated = new ArrayList<>();
    draw(reference.size(), generated.size(), size, seed, ofReference, ofGenerated);
    JavaSparkContext context = JavaSparkContext.fromSparkContext(reference.blocks().context());
    Broadcast<List<int[]>> referenceSubsets = context.broadcast(ofReference);
    Broadcast<List<int[]>> generatedSubsets = context.broadcast(ofGenerated);
    int d = reference.dimension();
    double[] values =
        picked(reference, referenceSubsets, false)
            .union(picked(generated, generatedSubsets, true))
            .groupByKey(Math.min(SUBSETS, 4 * context.defaultParallelism()))
            .mapValues(
                all -> distance(rows(all, false, size, d), rows(all, true, size, d), size, d))
            .collect()
            .stream()
            .sorted(Comparator.comparing(Tuple2::_1))
            .mapToDouble(Tuple2::_2)
            .toArray();
    referenceSubsets.destroy();
    generatedSubsets.destroy();
    double mean = Arrays.stream(values).sum() / values.length;
    if (size == Math.min(reference.size(), generated.size())) {
      return new Estimate(mean, Double.NaN);
    }
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return new Estimate(mean, Math.sqrt(squares / values.length));
  }

  /**
   * Draws all subsets, sorted indices each, from one SplitMix64 stream: for each subset first the
   * reference's rows, then the generated set's. Row i of a subset comes by Fisher and Yates: it is
   * swapped with row {@code i + floor(u·(n − i))}.
   */
  static void draw(
      int nReference,
      int nGenerated,
      int size,
      long seed,
      List<int[]> ofReference,
      List<int[]> ofGenerated) {
    UniformRandomProvider random = RandomSource.SPLIT_MIX_64.create(seed);
    for (int s = 0; s < SUBSETS; s++) {
      ofReference.add(subset(nReference, size, random));
      ofGenerated.add(subset(nGenerated, size, random));
    }
  }

  private static int[] subset(int n, int size, UniformRandomProvider random) {
    int[] rows = new int[n];
    Arrays.setAll(rows, i -> i);
    for (int i = 0; i < size; i++) {
      int j = i + (int) (random.nextDouble() * (n - i));
      int row = rows[j];
      rows[j] = rows[i];
      rows[i] = row;
    }
    int[] subset = Arrays.copyOf(rows, size);
    Arrays.sort(subset);
    return subset;
  }

  private static JavaPairRDD<Integer, Picked> picked(
      FeatureSet set, Broadcast<List<int[]>> subsets, boolean generated) {
    return set.blocks()
        .flatMapToPair(
            block -> {
              List<Tuple2<Integer, Picked>> picked = new ArrayList<>();
              for (int s = 0; s < SUBSETS; s++) {
                int[] subset = subsets.value().get(s);
                int from = rank(subset, block.start());
                int to = rank(subset, block.start() + block.rows());
                if (to > from) {
                  int d = block.dimension();
                  float[] rows = new float[(to - from) * d];
                  for (int i = from; i < to; i++) {
                    System.arraycopy(
                        block.values(), (subset[i] - block.start()) * d, rows, (i - from) * d, d);
                  }
                  picked.add(new Tuple2<>(s, new Picked(generated, from, rows)));
                }
              }
              return picked.iterator();
            });
  }

  /** How many of the sorted indices are below {@code index}. */
  private static int rank(int[] sorted, int index) {
    int at = Arrays.binarySearch(sorted, index);
    return at < 0 ? -at - 1 : at;
  }

  private static double[] rows(Iterable<Picked> all, boolean generated, int size, int d) {
    double[] rows = new double[size * d];
    for (Picked picked : all) {
      if (picked.generated == generated) {
        for (int i = 0; i < picked.rows.length; i++) {
          rows[picked.rank * d + i] = picked.rows[i];
        }
      }
    }
    return rows;
  }

  /** Of two sets of {@code n} rows. */
  static double distance(double[] x, double[] y, int n, int d) {
    double pairs = (double) n * (n - 1);
    return offDiagonal(x, n, d) / pairs
        + offDiagonal(y, n, d) / pairs
        - 2 * sum(Netlib.transposedTimes(x, y, n, n, d), d) / ((double) n * n);
  }

  private static double offDiagonal(double[] x, int n, int d) {
    double[] products = Netlib.transposedTimes(x, x, n, n, d);
    double sum = sum(products, d);
    for (int i = 0; i < n; i++) {
      sum -= kernel(products[i * n + i], d);
    }
    return sum;
  }

  private static double sum(double[] products, int d) {
    double sum = 0;
    for (double product : products) {
      sum += kernel(product, d);
    }
    return sum;
  }

  private static double kernel(double product, int d) {
    double k = product / d + 1;
    return k * k * k;
  }
}
