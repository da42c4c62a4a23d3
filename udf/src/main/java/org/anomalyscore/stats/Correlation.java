package org.anomalyscore.stats;

import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.ArraySampler;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/**
 * How two measures of the same few objects go together, such as the Anomaly Score and the human
 * error rate of generators.
 *
 * <p>Spearman's coefficient is Pearson's of the ranks, tied values having their mean rank. Both
 * p-values are two-sided permutation tests, (1 + k) / (1 + permutations) with k the number of
 * random pairings whose coefficient is at least as far from 0 as the observed one (Phipson and
 * Smyth 2010, doi:10.2202/1544-6115.1585): no distribution is assumed, which a handful of objects
 * could not support. Of three objects there are six pairings, so that no p-value is below 1/6.
 *
 * @param count number of objects
 * @param pearson coefficient of the values, in [-1, 1]; NaN where a measure is constant
 * @param pearsonP its p-value; NaN where the coefficient is
 * @param spearman coefficient of the ranks, in [-1, 1]; NaN where a measure is constant
 * @param spearmanP its p-value; NaN where the coefficient is
 */
public record Correlation(
    int count, double pearson, double pearsonP, double spearman, double spearmanP) {

  /** Below this two objects lie on a line whatever they measure. */
  public static final int LEAST_COUNT = 3;

  /** The order of a sum changes its last digits; a coefficient as far from 0 must still count. */
  private static final double ROUNDING = 1e-12;

  /**
   * Correlates two measures; the arrays are read, not kept.
   *
   * @param x one finite value an object, at least {@value #LEAST_COUNT}
   * @param y the other measure of the same objects, in the same order
   * @param permutations of each test, at least 1
   * @param seed of the permutations; one seed gives one result
   * @throws IllegalArgumentException if there are too few objects, the arrays differ in length, or
   *     a value is NaN or infinite
   */
  public static Correlation of(double[] x, double[] y, int permutations, long seed) {
    Samples.requirePoints("the measures", x, y);
    if (x.length < LEAST_COUNT || permutations < 1) {
      throw new IllegalArgumentException(
          "Cannot correlate "
              + x.length
              + " objects with "
              + permutations
              + " permutations: at least "
              + LEAST_COUNT
              + " objects and 1 permutation are needed.");
    }
    NaturalRanking ranking = new NaturalRanking(TiesStrategy.AVERAGE);
    double[] ranksX = ranking.apply(x);
    double[] ranksY = ranking.apply(y);
    return new Correlation(
        x.length,
        pearson(x, y),
        pValue(x, y, permutations, seed),
        pearson(ranksX, ranksY),
        pValue(ranksX, ranksY, permutations, seed));
  }

  private static double pValue(double[] x, double[] y, int permutations, long seed) {
    double observed = Math.abs(pearson(x, y));
    if (Double.isNaN(observed)) {
      return Double.NaN;
    }
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    double[] shuffled = y.clone();
    int atLeast = 0;
    for (int b = 0; b < permutations; b++) {
      ArraySampler.shuffle(random, shuffled);
      if (Math.abs(pearson(x, shuffled)) >= observed - ROUNDING) {
        atLeast++;
      }
    }
    return (1.0 + atLeast) / (1.0 + permutations);
  }

  /** Pearson's coefficient, within [-1, 1]; NaN for one point or a constant coordinate. */
  static double pearson(double[] x, double[] y) {
    if (Samples.isConstant(x) || Samples.isConstant(y)) {
      return Double.NaN;
    }
    double meanX = Mean.of(x).getAsDouble();
    double meanY = Mean.of(y).getAsDouble();
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      double dx = x[i] - meanX;
      double dy = y[i] - meanY;
      xx += dx * dx;
      yy += dy * dy;
      xy += dx * dy;
    }
    double r = xy / (Math.sqrt(xx) * Math.sqrt(yy));
    if (x.length == 2) {
      return Math.signum(r); // exact, as the root of 1 - r^2 turns a rounding of 1e-16 into 1e-8
    }
    return Math.max(-1, Math.min(1, r));
  }
}
