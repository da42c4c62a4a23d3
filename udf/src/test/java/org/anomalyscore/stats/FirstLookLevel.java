package org.anomalyscore.stats;

import java.util.Locale;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Measures what the permutation test loses where it ends after its first look: how often it rejects
 * at 5 % and 1 % beside the test by all permutations of the same numbers, without a difference and
 * with one, how far the p-values lie apart, and how many permutations are drawn. Its first row is
 * in docs/accuracy.md; its arguments are POINTS SIMULATIONS, 1000 1000 there; minutes.
 *
 * <p>The samples are normal pairs of correlation -0.6, of which one is moved along the diagonal.
 */
final class FirstLookLevel {
  private static final int PERMUTATIONS = 999;
  private static final int FIRST_LOOK = 199;
  private static final double[] LEVELS = {0.05, 0.01};

  private FirstLookLevel() {}

  /**
   * Prints a row a shift.
   *
   * @param arguments points of each sample, simulations of each shift
   */
  public static void main(String[] arguments) {
    int points = Integer.parseInt(arguments[0]);
    int count = Integer.parseInt(arguments[1]);
    System.out.println(
        "| points | simulations | moved by | rejected at 5 %, all | with a look | at 1 %, all | with"
            + " a look | mean difference of p | permutations |");
    System.out.println("|---|---|---|---|---|---|---|---|---|");
    for (double shift : new double[] {0, 0.06, 0.1}) {
      UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(21L);
      int[][] rejected = new int[LEVELS.length][2];
      double apart = 0;
      long drawn = 0;
      for (int seed = 0; seed < count; seed++) {
        KolmogorovSmirnov2D test =
            BootstrapCoverage.test(
                BootstrapCoverage.normal(random, points, 0),
                BootstrapCoverage.normal(random, points, shift));
        var all = test.permute(PERMUTATIONS, seed);
        var looked =
            test.permute(PERMUTATIONS, FIRST_LOOK, seed, Integer.MAX_VALUE, Replicates.here());
        for (int level = 0; level < LEVELS.length; level++) {
          rejected[level][0] += all.pValue() <= LEVELS[level] ? 1 : 0;
          rejected[level][1] += looked.pValue() <= LEVELS[level] ? 1 : 0;
        }
        apart += Math.abs(all.pValue() - looked.pValue());
        drawn += looked.permutations();
      }
      System.out.printf(
          Locale.ROOT,
          "| %d | %d | %.2f | %.3f | %.3f | %.3f | %.3f | %.3f | %.0f |%n",
          points,
          count,
          shift,
          rejected[0][0] / (double) count,
          rejected[0][1] / (double) count,
          rejected[1][0] / (double) count,
          rejected[1][1] / (double) count,
          apart / count,
          drawn / (double) count);
    }
  }
}
