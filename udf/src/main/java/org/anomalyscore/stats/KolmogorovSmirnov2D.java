package org.anomalyscore.stats;

import java.util.Arrays;
import java.util.stream.DoubleStream;
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
  /**
   * By how many of its steps D stays behind its rate at small sizes under the null hypothesis,
   * since it looks at the samples' own points only. Measured for normal pairs: the mean of D sqrt(n
   * / 2) of n against n permuted points is 1.193, 1.259, 1.292 and 1.325 at n = 500, 2000, 8000 and
   * 32 000 where the correlation is -0.6, and 1.226, 1.281, 1.314 and 1.333 where it is 0.
   */
  private static final double LAG = 4;

  /** Permutations of parts after which the test may end, for a p-value that is plainly large. */
  private static final int FIRST_LOOK = 199;

  /** How many of them have D at or above the observed one where it is: p is 0.105 or more. */
  private static final int PLAINLY_MANY = 20;

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

  /** Points of the first sample. */
  public int n() {
    return ranks.n();
  }

  /** Points of the second sample. */
  public int m() {
    return ranks.m();
  }

  /** The statistic D, in (0, 1]. */
  public double statistic() {
    return QuadrantRanks.unscaled(scaledStatistic, n(), m());
  }

  /** What its ranks say about the first coordinate alone. */
  public RankSums rankSumsOfX() {
    return ranks.rankSumsOfX();
  }

  /** What its ranks say about the second coordinate alone. */
  public RankSums rankSumsOfY() {
    return ranks.rankSumsOfY();
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
   * @param permutations that were drawn
   */
  public record PermutationTest(
      double pValue, double nullMean, double nullQuantile95, int permutations) {}

  /**
   * Runs a permutation test of all points, on the common pool's threads. The result depends on the
   * seed only.
   *
   * @param permutations number of random labellings, at least 1
   * @param seed any number
   */
  public PermutationTest permute(int permutations, long seed) {
    return permute(permutations, seed, Integer.MAX_VALUE, Replicates.here());
  }

  /**
   * The same, each permutation of a part of the points where there are many. Labels of a part that
   * is drawn from the pool without replacement follow the null hypothesis exactly, whatever the
   * pool, and under it D falls as
   *
   * <pre>A sqrt(1 / n + 1 / m) - {@value #LAG} (1 / n + 1 / m) / 2,</pre>
   *
   * with A a random number of the distribution. So each D of a part is brought to the full sizes.
   * The second term was measured; parts of 50 000 points leave some thousandths of D to it.
   *
   * <p>Where parts are drawn, the test ends after {@value #FIRST_LOOK} permutations if at least
   * {@value #PLAINLY_MANY} of them have D at or above the observed one: p is above 0.1 then, and
   * more permutations would only tell it more exactly (Besag and Clifford 1991,
   * doi:10.1093/biomet/78.2.301, in two steps). The p-value stays valid: at a level of 0.105 or
   * more the test rejects only where the first permutations alone do, below it only where all do.
   *
   * @param mostPoints of the larger sample that a permutation draws, at least 1; of the other it
   *     draws the same share, but of a small one no fewer than a fifth of this
   * @param runner computes the replicates; any gives the same bits
   */
  public PermutationTest permute(
      int permutations, long seed, int mostPoints, Replicates.Runner runner) {
    boolean inPart = Math.max(n(), m()) > mostPoints;
    return permute(permutations, inPart ? FIRST_LOOK : permutations, seed, mostPoints, runner);
  }

  /**
   * The same.
   *
   * @param firstLook permutations after which the test may end
   */
  PermutationTest permute(
      int permutations, int firstLook, long seed, int mostPoints, Replicates.Runner runner) {
    requireReplicates("permutations", permutations);
    int n = drawn(n(), m(), mostPoints);
    int m = drawn(m(), n(), mostPoints);
    Replicates replicates = new Replicates(ranks, Replicates.Kind.PERMUTATION, seed, n, m);
    int first = Math.min(firstLook, permutations);
    double[] d = permuted(runner.run(replicates, 0, first), n, m);
    if (first < permutations && atLeastObserved(d) < PLAINLY_MANY) {
      double[] others = permuted(runner.run(replicates, first, permutations), n, m);
      d = DoubleStream.concat(Arrays.stream(d), Arrays.stream(others)).toArray();
    }
    return new PermutationTest(
        (1.0 + atLeastObserved(d)) / (1.0 + d.length),
        Mean.of(d).getAsDouble(),
        DistributionSummary.QUANTILE.evaluate(d, 0.95),
        d.length);
  }

  /** D of permutations that drew so many points, as if they had drawn all. */
  private double[] permuted(long[] scaled, int n, int m) {
    double rate = rate(n, m);
    double lag = LAG * step(n(), m());
    double lagOfPart = LAG * step(n, m);
    boolean all = n == n() && m == m();
    return Arrays.stream(scaled)
        .mapToDouble(x -> QuadrantRanks.unscaled(x, n, m))
        .map(x -> all ? x : rate * (x + lagOfPart) - lag)
        .toArray();
  }

  /** Of all points, equal statistics are equal integers, and so equal doubles. */
  private long atLeastObserved(double[] permuted) {
    double observed = statistic();
    return Arrays.stream(permuted).filter(d -> d >= observed).count();
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
    return resample(resamples, seed, Integer.MAX_VALUE, Replicates.here());
  }

  /**
   * The same, each resample of fewer points where there are many (m-out-of-n bootstrap: Bickel,
   * Götze and van Zwet 1997, Statistica Sinica 7, 1-31). D of a part, less its step, lies about D
   * less its own as D lies about the truth, at {@link #rate} times the distance, to which each is
   * brought.
   *
   * @param mostPoints of the larger sample that a resample draws, as of a permutation
   * @param runner computes the replicates; any gives the same bits
   * @return D of each resample, as if it had n and m points; unsorted
   */
  public double[] resample(int resamples, long seed, int mostPoints, Replicates.Runner runner) {
    requireReplicates("resamples", resamples);
    int n = drawn(n(), m(), mostPoints);
    int m = drawn(m(), n(), mostPoints);
    double[] d =
        Arrays.stream(
                runner.run(
                    new Replicates(ranks, Replicates.Kind.RESAMPLE, seed, n, m), 0, resamples))
            .mapToDouble(x -> QuadrantRanks.unscaled(x, n, m))
            .toArray();
    if (n < n() || m < m()) {
      double rate = rate(n, m);
      double observed = statistic();
      double steps = step(n(), m()) - step(n, m);
      Arrays.setAll(d, i -> observed + rate * (d[i] + steps - observed));
    }
    return d;
  }

  /**
   * How much smaller the spread of D is than in replicates of so many points: 1 where they draw as
   * many as there are.
   *
   * @param mostPoints of the larger sample
   */
  public double rate(int mostPoints) {
    return rate(drawn(n(), m(), mostPoints), drawn(m(), n(), mostPoints));
  }

  private double rate(int n, int m) {
    return Math.sqrt((1.0 / n() + 1.0 / m()) / (1.0 / n + 1.0 / m));
  }

  /** What the statistic adds to both directions' differences at each point. */
  private static double step(int n, int m) {
    return (1.0 / n + 1.0 / m) / 2;
  }

  /**
   * How many points of a sample a replicate draws: all, where the larger sample has at most {@code
   * mostPoints}; else the same share of both, since then the rate holds for each of them, but of a
   * small sample no fewer than a fifth of {@code mostPoints}.
   */
  private static int drawn(int size, int other, int mostPoints) {
    int larger = Math.max(size, other);
    if (larger <= mostPoints) {
      return size;
    }
    int share = (int) Math.max(1, Math.round((double) size * mostPoints / larger));
    return Math.max(share, Math.min(size, mostPoints / 5));
  }

  private static void requireReplicates(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Cannot run " + count + " " + what + ": at least 1 is needed.");
    }
  }
}
