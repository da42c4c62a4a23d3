package org.anomalyscore.stats;

import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.apache.commons.rng.LongJumpableUniformRandomProvider;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Mean;

/**
 * The two-sample Kolmogorov-Smirnov test in two dimensions.
 *
 * <p>At each point of a sample the plane is cut into four quadrants; the low sides take the points
 * with {@code <=}. The statistic of one direction is the largest absolute difference, over that
 * sample's own points and the four quadrants, of the fractions of the two samples. The point itself
 * counts for whichever quadrant makes the difference larger, which matters below about 50 points. D
 * is the average of both directions. This is the statistic of Fasano and Franceschini (1987) as
 * {@code ks2d2s} of the Python package ndtest computes it, ties included; instead of that package's
 * O(n^2) loop it counts by ranks in O((n + m) log(n + m)).
 *
 * <p>D is within (0, 1]; the samples' order does not matter, nor does a strictly increasing
 * transformation of a coordinate. It is biased upwards for small samples: D of two samples from one
 * distribution is not near 0 but near {@link PermutationTest#nullMean()}.
 *
 * <p>Immutable and safe for threads. Beside the given arrays, memory is 28 bytes a point, and 20
 * more for each further thread that runs replicates.
 *
 * <p>References: G. Fasano and A. Franceschini, MNRAS 225, 155-170 (1987),
 * doi:10.1093/mnras/225.1.155; J. A. Peacock, MNRAS 202, 615-627 (1983); W. H. Press et al.,
 * Numerical Recipes, 3rd edition (2007), section 14.8.
 */
public final class KolmogorovSmirnov2D {
  private final QuadrantRanks ranks;
  private final long scaledStatistic;
  private final double correlation1;
  private final double correlation2;

  private KolmogorovSmirnov2D(double[] x1, double[] y1, double[] x2, double[] y2) {
    ranks = new QuadrantRanks(x1, y1, x2, y2);
    QuadrantRanks.Workspace workspace = ranks.newWorkspace();
    ranks.observe(workspace);
    scaledStatistic = ranks.scaledStatistic(workspace);
    correlation1 = Correlation.pearson(x1, y1);
    correlation2 = Correlation.pearson(x2, y2);
  }

  /**
   * Compares two samples of points; the arrays are read, not kept.
   *
   * @param x1 first coordinate of the first sample, n &ge; 1 finite values
   * @param y1 second coordinate of the first sample, n values
   * @param x2 first coordinate of the second sample, m &ge; 1 finite values
   * @param y2 second coordinate of the second sample, m values
   * @throws IllegalArgumentException if a sample is empty, its coordinates differ in number, or a
   *     value is NaN or infinite
   */
  public static KolmogorovSmirnov2D of(double[] x1, double[] y1, double[] x2, double[] y2) {
    Samples.requirePoints("the first sample", x1, y1);
    Samples.requirePoints("the second sample", x2, y2);
    return new KolmogorovSmirnov2D(x1, y1, x2, y2);
  }

  /** The statistic D, in (0, 1]. */
  public double statistic() {
    return ranks.unscaled(scaledStatistic);
  }

  /**
   * The approximate p-value of Press et al., equation 14.8.1: Q_KS(sqrt(N) D / (1 + sqrt(1 - r^2)
   * (0.25 - 0.75 / sqrt(N)))), with N = n m / (n + m) and r^2 the mean of both samples' squared
   * correlations of x with y.
   *
   * <p>Good for N above about 20 and results below about 0.2; a larger result only says that the
   * samples do not differ significantly.
   *
   * @return a probability, or NaN where a correlation is undefined: a sample of one point, or of a
   *     constant coordinate
   */
  public double asymptoticPValue() {
    double n = ranks.n();
    double m = ranks.m();
    double root = Math.sqrt(n * m / (n + m));
    double r = Math.sqrt(1 - 0.5 * (correlation1 * correlation1 + correlation2 * correlation2));
    return KolmogorovDistribution.survival(statistic() * root / (1 + r * (0.25 - 0.75 / root)));
  }

  /**
   * What permuting the labels of the pooled points tells.
   *
   * @param pValue (1 + k) / (1 + permutations), k the number of permutations whose D is at least
   *     the observed one (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585): exact under the
   *     null, and never zero
   * @param nullMean mean of D under the null hypothesis at these sample sizes
   * @param nullQuantile95 the value that D exceeds in 5 % of cases under the null hypothesis
   */
  public record PermutationTest(double pValue, double nullMean, double nullQuantile95) {}

  /**
   * Runs a permutation test, on the common pool's threads. The result depends on the seed only.
   *
   * @param permutations number of random labellings, at least 1
   * @param seed any number
   */
  public PermutationTest permute(int permutations, long seed) {
    requireReplicates("permutations", permutations);
    long[] scaled = replicate(generators(seed, 0, permutations), this::drawLabels);
    long atLeast = Arrays.stream(scaled).filter(d -> d >= scaledStatistic).count();
    double[] d = Arrays.stream(scaled).mapToDouble(ranks::unscaled).toArray();
    return new PermutationTest(
        (1.0 + atLeast) / (1.0 + permutations),
        Mean.of(d).getAsDouble(),
        DistributionSummary.QUANTILE.evaluate(d, 0.95));
  }

  /**
   * The statistic of bootstrap resamples: n points drawn with replacement from the first sample and
   * m from the second. Runs on the common pool's threads; the result depends on the seed only.
   *
   * @param resamples number of resamples, at least 1
   * @param seed any number
   * @return D of each resample, unsorted
   */
  public double[] resample(int resamples, long seed) {
    requireReplicates("resamples", resamples);
    return Arrays.stream(replicate(generators(seed, 1, resamples), this::drawWithReplacement))
        .mapToDouble(ranks::unscaled)
        .toArray();
  }

  /** Gives every pooled point to a sample; every labelling with n and m points is as likely. */
  private void drawLabels(UniformRandomProvider random, int[] weights) {
    int wanted = ranks.n();
    for (int p = 0; p < weights.length; p++) {
      // Knuth, The Art of Computer Programming, volume 2, section 3.4.2, algorithm S.
      if (random.nextInt(weights.length - p) < wanted) {
        weights[p] = QuadrantRanks.FIRST;
        wanted--;
      } else {
        weights[p] = QuadrantRanks.SECOND;
      }
    }
  }

  private void drawWithReplacement(UniformRandomProvider random, int[] weights) {
    Arrays.fill(weights, 0);
    for (int i = 0; i < ranks.n(); i++) {
      weights[ranks.firstPosition(random.nextInt(ranks.n()))] += QuadrantRanks.FIRST;
    }
    for (int i = 0; i < ranks.m(); i++) {
      weights[ranks.secondPosition(random.nextInt(ranks.m()))] += QuadrantRanks.SECOND;
    }
  }

  /** Scaled statistics of the replicates, in the order of their generators. */
  private long[] replicate(
      UniformRandomProvider[] generators, BiConsumer<UniformRandomProvider, int[]> draw) {
    long[] scaled = new long[generators.length];
    // A few tasks a thread: each has its own workspace, and none waits long for the last.
    int tasks = Math.min(generators.length, 4 * ForkJoinPool.getCommonPoolParallelism() + 4);
    IntStream.range(0, tasks)
        .parallel()
        .forEach(
            task -> {
              QuadrantRanks.Workspace workspace = ranks.newWorkspace();
              for (int b = task; b < scaled.length; b += tasks) {
                draw.accept(generators[b], workspace.weights);
                scaled[b] = ranks.scaledStatistic(workspace);
              }
            });
    return scaled;
  }

  /**
   * A generator a replicate, 2^64 numbers apart in one sequence, so that a replicate does not
   * depend on the thread or the order in which it runs. Purposes are 2^96 numbers apart.
   */
  private static UniformRandomProvider[] generators(long seed, int purpose, int count) {
    LongJumpableUniformRandomProvider source =
        (LongJumpableUniformRandomProvider) RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    return source
        .longJumps(purpose + 1L)
        .skip(purpose)
        .flatMap(stream -> stream.jumps(count))
        .toArray(UniformRandomProvider[]::new);
  }

  private static void requireReplicates(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Cannot run " + count + " " + what + ": at least 1 is needed.");
    }
  }
}
