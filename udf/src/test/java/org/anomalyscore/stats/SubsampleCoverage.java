package org.anomalyscore.stats;

import java.util.Locale;
import org.anomalyscore.stats.AnomalyScore.Options;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Measures the permutation test and the 95 % interval of {@link AnomalyScore} where replicates draw
 * a part of the points, beside the full method on the same samples: how often the test rejects at 5
 * % where both samples have one distribution, how often the interval contains the score of
 * infinitely many images, and how far p-values and intervals of the two methods lie apart. Made the
 * table of docs/accuracy.md: its arguments are POINTS PART SIMULATIONS REPLICATES, 1000 200 200 199
 * and 10000 1000 100 99 there; minutes to an hour.
 *
 * <p>The samples are normal pairs of correlation -0.6, of which one is moved along the diagonal.
 */
final class SubsampleCoverage {
  private static final int MANY = 1_000_000;

  private SubsampleCoverage() {}

  /** What came of one method over all simulations. */
  private static final class Tally {
    int rejected;
    int covered;
    double width;

    void add(AnomalyScore score, double truth) {
      rejected += score.permutationP() < 0.05 ? 1 : 0;
      covered += score.low() <= truth && truth <= score.high() ? 1 : 0;
      width += score.high() - score.low();
    }

    String text(int count) {
      return String.format(
          Locale.ROOT,
          "%.3f | %.3f | %.4f",
          rejected / (double) count,
          covered / (double) count,
          width / count);
    }
  }

  /**
   * Prints a row a shift.
   *
   * @param arguments points of each sample, points of each that a replicate draws, simulations,
   *     permutations and resamples of each
   */
  public static void main(String[] arguments) {
    int points = Integer.parseInt(arguments[0]);
    int part = Integer.parseInt(arguments[1]);
    int count = Integer.parseInt(arguments[2]);
    int replicates = Integer.parseInt(arguments[3]);
    System.out.println(
        "| points | drawn | true D | rejected | covered | width | of a part: rejected | covered |"
            + " width | mean difference of p |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
    for (double shift : new double[] {0, 0.1, 0.5}) {
      UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(20L);
      double truth =
          shift == 0
              ? 0
              : BootstrapCoverage.test(
                      BootstrapCoverage.normal(random, MANY, 0),
                      BootstrapCoverage.normal(random, MANY, shift))
                  .statistic();
      Tally full = new Tally();
      Tally ofPart = new Tally();
      double apart = 0;
      for (int seed = 0; seed < count; seed++) {
        KolmogorovSmirnov2D test =
            BootstrapCoverage.test(
                BootstrapCoverage.normal(random, points, 0),
                BootstrapCoverage.normal(random, points, shift));
        AnomalyScore all = AnomalyScore.of(test, new Options(seed, replicates, replicates, 0.95));
        AnomalyScore some =
            AnomalyScore.of(test, new Options(seed, replicates, replicates, 0.95, part, part));
        full.add(all, truth);
        ofPart.add(some, truth);
        apart += Math.abs(all.permutationP() - some.permutationP());
      }
      System.out.printf(
          Locale.ROOT,
          "| %d | %d | %.3f | %s | %s | %.3f |%n",
          points,
          part,
          truth,
          full.text(count),
          ofPart.text(count),
          apart / count);
    }
  }
}
