package org.anomalyscore.stats;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.ContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * Measures how often the 95 % interval of {@link AnomalyScore} contains the score of infinitely
 * many images, beside the textbook intervals from the same resamples; and how often two draws of
 * one generator lie further apart than 1.96 standard errors of their difference, upwards, which is
 * to be 2.5 %. Made the figures of those comments: {@code ./mvnw -pl udf -am test-compile && ./mvnw
 * -pl udf -Pcoverage exec:exec}, minutes.
 *
 * <p>The samples are normal pairs of correlation -0.6, of which one is moved along the diagonal.
 */
final class BootstrapCoverage {
  private static final String[] INTERVALS = {"ours", "percentile", "basic"};
  private static final int MANY = 500_000;

  private BootstrapCoverage() {}

  /**
   * Prints a row a setting.
   *
   * @param arguments number of simulated pairs of samples a setting
   */
  public static void main(String[] arguments) {
    int pairs = Integer.parseInt(arguments[0]);
    System.out.println(
        "generated v reference, true D, mean d; coverage of "
            + Arrays.toString(INTERVALS)
            + "; mean width of ours; standard deviation of d and its estimate; false alarms");
    for (int[] sizes : new int[][] {{100, 500}, {1000, 1000}}) {
      for (double shift : new double[] {0, 0.1, 0.25, 0.5, 1, 2}) {
        simulate(pairs, sizes[0], sizes[1], shift);
      }
    }
  }

  private static void simulate(int pairs, int generated, int reference, double shift) {
    UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(12L);
    double truth =
        shift == 0 ? 0 : test(normal(random, MANY, 0), normal(random, MANY, shift)).statistic();
    double sum = 0;
    double width = 0;
    double squares = 0;
    double errors = 0;
    int alarms = 0;
    AnomalyScore before = null;
    int[] covered = new int[INTERVALS.length];
    for (int seed = 0; seed < pairs; seed++) {
      double[][] a = normal(random, reference, 0);
      double[][] b = normal(random, generated, shift);
      AnomalyScore score =
          AnomalyScore.of(a[0], a[1], b[0], b[1], new AnomalyScore.Options(seed, 199, 399, 0.95));
      double d = score.d();
      double[] q =
          DistributionSummary.QUANTILE.evaluate(test(a, b).resample(399, seed), 0.025, 0.975);
      double[] low = {score.low(), q[0], 2 * d - q[1]};
      double[] high = {score.high(), q[1], 2 * d - q[0]};
      for (int i = 0; i < covered.length; i++) {
        covered[i] += low[i] <= truth && truth <= high[i] ? 1 : 0;
      }
      sum += d;
      width += score.high() - score.low();
      squares += d * d;
      errors += score.standardError();
      if (before != null) {
        double chance =
            NormalDistribution.of(0, Math.hypot(before.standardError(), score.standardError()))
                .inverseSurvivalProbability(0.025);
        alarms += d - before.d() > chance ? 1 : 0;
      }
      before = score;
    }
    double count = pairs;
    System.out.printf(
        Locale.ROOT,
        "%d v %d, %.3f, %.3f; %s; %.3f; %.4f %.4f; %.4f%n",
        generated,
        reference,
        truth,
        sum / count,
        Arrays.toString(Arrays.stream(covered).mapToDouble(c -> c / count).toArray()),
        width / count,
        Math.sqrt(squares / count - sum / count * sum / count),
        errors / count,
        alarms / (count - 1));
  }

  static KolmogorovSmirnov2D test(double[][] a, double[][] b) {
    return KolmogorovSmirnov2D.of(a[0], a[1], b[0], b[1]);
  }

  /** Normal pairs of correlation -0.6, moved along the diagonal. */
  static double[][] normal(UniformRandomProvider random, int count, double shift) {
    ContinuousSampler gaussian = ZigguratSampler.NormalizedGaussian.of(random);
    double[][] points = new double[2][count];
    for (int i = 0; i < count; i++) {
      double x = gaussian.sample();
      points[0][i] = x + shift;
      points[1][i] = -0.6 * x + 0.8 * gaussian.sample() + shift;
    }
    return points;
  }
}
