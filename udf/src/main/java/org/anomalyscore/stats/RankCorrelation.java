package org.anomalyscore.stats;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.ArraySampler;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/**
 * How a measure of images goes with a label of theirs, over all images or within groups, such as
 * the images of each generator.
 *
 * <p>Within a group of n images each value becomes r / (n + 1) - 1/2, r its rank, tied values
 * having their mean rank; the coefficient is sum(x y) / sqrt(sum(x x) sum(y y)) over the images of
 * all groups. Of one group that is Spearman's; of several it is a mean of theirs in which each
 * image weighs about the same, and differences between the groups do not enter. A group of one
 * image, or in which a side is constant, brings nothing to the numerator.
 *
 * <p>The interval is the percentile bootstrap's, of images that are drawn with replacement within
 * each group. The p-value is two-sided, of labels that are shuffled within each group: (1 + k) / (1
 * + permutations), k the number of those whose coefficient is at least as far from 0 (Phipson and
 * Smyth 2010, doi:10.2202/1544-6115.1585).
 *
 * @param count number of images
 * @param groups number of groups
 * @param rho the coefficient, in [-1, 1]; NaN where a side is constant within all groups
 * @param low lower end of the interval; NaN without resamples, and where rho is
 * @param high upper end
 * @param p the p-value; NaN without permutations, and where rho is
 */
public record RankCorrelation(
    int count, int groups, double rho, double low, double high, double p) {

  /** The order of a sum changes its last digits; a coefficient as far from 0 must still count. */
  private static final double ROUNDING = 1e-12;

  /**
   * Correlates; the arrays are read, not kept.
   *
   * @param x the measure, one finite value an image
   * @param y the label of the same images
   * @param group the group of the same images, any numbers
   * @param options one seed gives one result
   * @throws IllegalArgumentException if the arrays are empty, differ in length, or have a value
   *     that is NaN or infinite
   */
  public static RankCorrelation of(
      double[] x, double[] y, int[] group, AnomalyScore.Options options) {
    Samples.requirePoints("the labelled values", x, y);
    if (group.length != x.length) {
      throw new IllegalArgumentException(
          "Cannot correlate "
              + x.length
              + " images with "
              + group.length
              + " groups: give one of each image.");
    }
    int[] distinct = Arrays.stream(group).distinct().sorted().toArray();
    double[][] xs = new double[distinct.length][];
    double[][] ys = new double[distinct.length][];
    for (int g = 0; g < distinct.length; g++) {
      xs[g] = of(x, group, distinct[g]);
      ys[g] = of(y, group, distinct[g]);
    }
    double[][] ranksX = ranks(xs);
    double[][] ranksY = ranks(ys);
    double rho = coefficient(ranksX, ranksY);
    double[] interval = {Double.NaN, Double.NaN};
    double p = Double.NaN;
    if (!Double.isNaN(rho) && options.resamples() > 0) {
      interval = interval(xs, ys, options);
    }
    if (!Double.isNaN(rho) && options.permutations() > 0) {
      p = pValue(ranksX, ranksY, Math.abs(rho), options);
    }
    return new RankCorrelation(x.length, distinct.length, rho, interval[0], interval[1], p);
  }

  /**
   * The coefficient that a measure without the spread of its own noise would have, by Spearman's
   * correction for attenuation (1904, doi:10.2307/1412159): rho / sqrt(repeatability).
   *
   * @param repeatability share of the measure's variance over images that is not the noise's, in
   *     (0, 1]
   * @return in [-1, 1]; NaN where the repeatability is NaN or not above 0
   */
  public static double corrected(double rho, double repeatability) {
    return repeatability > 0
        ? Math.max(-1, Math.min(1, rho / Math.sqrt(repeatability)))
        : Double.NaN;
  }

  private static double[] of(double[] values, int[] group, int wanted) {
    int n = 0;
    double[] some = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (group[i] == wanted) {
        some[n++] = values[i];
      }
    }
    return Arrays.copyOf(some, n);
  }

  private static double[][] ranks(double[][] values) {
    NaturalRanking ranking = new NaturalRanking(TiesStrategy.AVERAGE);
    double[][] ranks = new double[values.length][];
    for (int g = 0; g < ranks.length; g++) {
      double size = values[g].length + 1;
      ranks[g] = Arrays.stream(ranking.apply(values[g])).map(r -> r / size - 0.5).toArray();
    }
    return ranks;
  }

  private static double coefficient(double[][] x, double[][] y) {
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int g = 0; g < x.length; g++) {
      // Tied ranks of a constant side differ from 0 by a rounding, which is no spread.
      boolean constantX = Samples.isConstant(x[g]);
      boolean constantY = Samples.isConstant(y[g]);
      xx += constantX ? 0 : sum(x[g], x[g]);
      yy += constantY ? 0 : sum(y[g], y[g]);
      xy += constantX || constantY ? 0 : sum(x[g], y[g]);
    }
    return xx == 0 || yy == 0
        ? Double.NaN
        : Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
  }

  private static double sum(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] interval(double[][] x, double[][] y, AnomalyScore.Options options) {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(options.seed());
    double[] resampled = new double[options.resamples()];
    double[][] drawnX = Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
    double[][] drawnY = Arrays.stream(y).map(double[]::clone).toArray(double[][]::new);
    for (int b = 0; b < resampled.length; b++) {
      for (int g = 0; g < x.length; g++) {
        for (int i = 0; i < x[g].length; i++) {
          int j = random.nextInt(x[g].length);
          drawnX[g][i] = x[g][j];
          drawnY[g][i] = y[g][j];
        }
      }
      resampled[b] = coefficient(ranks(drawnX), ranks(drawnY));
    }
    double[] defined = Arrays.stream(resampled).filter(r -> !Double.isNaN(r)).toArray();
    double tail = (1 - options.confidence()) / 2;
    return defined.length == 0
        ? new double[] {Double.NaN, Double.NaN}
        : DistributionSummary.QUANTILE.evaluate(defined, tail, 1 - tail);
  }

  private static double pValue(
      double[][] x, double[][] y, double observed, AnomalyScore.Options options) {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(options.seed());
    double[][] shuffled = Arrays.stream(y).map(double[]::clone).toArray(double[][]::new);
    int atLeast = 0;
    for (int b = 0; b < options.permutations(); b++) {
      for (double[] group : shuffled) {
        ArraySampler.shuffle(random, group);
      }
      if (Math.abs(coefficient(x, shuffled)) >= observed - ROUNDING) {
        atLeast++;
      }
    }
    return (1.0 + atLeast) / (1.0 + options.permutations());
  }
}
