package org.anomalyscore.stats;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Energy distance of two samples of points, 2·E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ (Székely and Rizzo
 * 2013, Journal of Statistical Planning and Inference 143, doi:10.1016/j.jspi.2013.03.018, Eq. 5),
 * which is 0 if and only if both have one distribution. It sees every difference a little, where
 * the two-dimensional Kolmogorov-Smirnov statistic sees the largest one.
 *
 * <p>Each coordinate is divided by its standard deviation over both samples, or its unit would
 * decide; one that is the same everywhere says nothing. Means over one sample leave the pairs of a
 * point with itself out, so that the estimate has no bias by the sample's size (but for the little
 * of the two deviations) and may be below 0.
 *
 * @param value NaN if a sample has fewer than two points
 * @param standardError by the delete-one jackknife over both samples with the deviations taken as
 *     given; NaN if a sample has fewer than three points
 */
public record EnergyDistance(double value, double standardError) {

  /** Points of a sample of which all pairs are taken; of more a seeded part. */
  static final int MOST_POINTS = 10_000;

  /**
   * Measures two samples; the arrays are read, not kept. Time grows as the square of the points.
   *
   * @param seed of the part of a sample of more than {@value #MOST_POINTS} points
   * @throws IllegalArgumentException if a sample is empty, its columns differ in length, or a value
   *     is NaN or infinite
   */
  public static EnergyDistance of(double[] x1, double[] y1, double[] x2, double[] y2, long seed) {
    Samples.requirePoints("the first sample", x1, y1);
    Samples.requirePoints("the second sample", x2, y2);
    double xScale = 1 / deviation(x1, x2);
    double yScale = 1 / deviation(y1, y2);
    UniformRandomProvider random = RandomSource.SPLIT_MIX_64.create(seed);
    int[] first = part(x1.length, random);
    int[] second = part(x2.length, random);
    double[][] a = {scaled(x1, first, xScale), scaled(y1, first, yScale)};
    double[][] b = {scaled(x2, second, xScale), scaled(y2, second, yScale)};
    int n = first.length;
    int m = second.length;
    if (n < 2 || m < 2) {
      return new EnergyDistance(Double.NaN, Double.NaN);
    }
    double[] withinA = sums(a, a);
    double[] withinB = sums(b, b);
    double[] fromA = sums(a, b);
    double[] fromB = sums(b, a);
    double value =
        2 * mean(sum(fromA), n, m) - mean(sum(withinA), n, n - 1) - mean(sum(withinB), m, m - 1);
    if (n < 3 || m < 3) {
      return new EnergyDistance(value, Double.NaN);
    }
    return new EnergyDistance(
        value, Math.sqrt(variance(withinA, fromA, m) + variance(withinB, fromB, n)));
  }

  /**
   * By the jackknife over one sample: of the estimates without each point, which differ in what the
   * point's own distances take away.
   *
   * @param within sum of each point's distances to its own sample
   * @param across sum of each point's distances to the other sample
   * @param others points of the other sample
   */
  private static double variance(double[] within, double[] across, int others) {
    int n = within.length;
    double allWithin = sum(within);
    double allAcross = sum(across);
    double[] without = new double[n];
    Arrays.setAll(
        without,
        i ->
            2 * mean(allAcross - across[i], n - 1, others)
                - mean(allWithin - 2 * within[i], n - 1, n - 2));
    return Jackknife.variance(without);
  }

  private static double mean(double sum, double rows, double columns) {
    return sum / (rows * columns);
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  /** Of each point its distances to all others, in their order, whoever computes it. */
  private static double[] sums(double[][] from, double[][] to) {
    return IntStream.range(0, from[0].length)
        .parallel()
        .mapToDouble(
            i -> {
              double sum = 0;
              for (int j = 0; j < to[0].length; j++) {
                double dx = from[0][i] - to[0][j];
                double dy = from[1][i] - to[1][j];
                sum += Math.sqrt(dx * dx + dy * dy);
              }
              return sum;
            })
        .toArray();
  }

  /** Over both samples; infinite for a constant, which so is scaled to 0. */
  private static double deviation(double[] first, double[] second) {
    double[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    if (Samples.isConstant(all)) {
      return Double.POSITIVE_INFINITY;
    }
    double mean = sum(all) / all.length;
    double squares = Arrays.stream(all).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / all.length);
  }

  private static double[] scaled(double[] values, int[] part, double scale) {
    return Arrays.stream(part).mapToDouble(i -> values[i] * scale).toArray();
  }

  /** Indices, all or by Fisher and Yates as many as are taken. */
  private static int[] part(int n, UniformRandomProvider random) {
    int[] indices = IntStream.range(0, n).toArray();
    if (n <= MOST_POINTS) {
      return indices;
    }
    for (int i = 0; i < MOST_POINTS; i++) {
      int j = i + random.nextInt(n - i);
      int index = indices[j];
      indices[j] = indices[i];
      indices[i] = index;
    }
    return Arrays.copyOf(indices, MOST_POINTS);
  }
}
