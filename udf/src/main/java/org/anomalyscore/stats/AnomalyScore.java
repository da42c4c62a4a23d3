package org.anomalyscore.stats;

import org.apache.commons.statistics.descriptive.Mean;
import org.apache.commons.statistics.descriptive.StandardDeviation;

/**
 * The Anomaly Score of a generated set of images against a reference set: the two-dimensional
 * Kolmogorov-Smirnov statistic between their (complexity, vulnerability) pairs (Eq. 6 of "Anomaly
 * Score", CVPR 2024, arXiv 2312.10634), with what is needed to read it.
 *
 * <p>Scores of sets of different sizes must not be compared without {@code nullMean}: a small set
 * scores higher, however good it is (two samples of one distribution score about 0.13 on average at
 * 100 against 500 points, and 0.03 at 2000 against 10 000).
 *
 * <p>{@code low} and {@code high} estimate the score that infinitely many images would have, which
 * lies below {@code d}. They are a bootstrap interval, reversed (basic), from which the bias is
 * taken off once more, since the bias that resampling shows is about half of the true one, and the
 * step that the statistic adds at each point to either sample:
 *
 * <pre>
 * bias = mean of resampled D - d + (1 / n + 1 / m) / 2
 * low  = d - (upper quantile of resampled D - d) - bias,  within [0, d]; 0 unless the permutation
 *        test rejects at 1 - confidence
 * high = d - (lower quantile of resampled D - d) - bias,  within [d, 1]
 * </pre>
 *
 * <p>Where resamples draw fewer points than there are, r times the first term of the bias is taken
 * off in addition, r the {@link KolmogorovSmirnov2D#rate}: small parts show the whole bias.
 *
 * <p>Measured coverage of the 95 % interval ({@code BootstrapCoverage} in the tests; correlated
 * normal pairs, 1000 simulations a setting): at 100 against 500 points 0.95 for a true D of 0, 0.90
 * for 0.06, 0.89 for 0.15, 0.88 for 0.29, 0.87 for 0.54 and 0.84 for 0.86; at 1000 against 1000
 * points 0.95 for 0 and 0.92 for 0.06. So it is somewhat too narrow, mostly at its lower end. From
 * the same resamples the percentile interval covers 0.00 to 0.63 of cases and the plain basic one
 * 0.39 to 0.84, at 100 against 500.
 *
 * @param d the Anomaly Score, in (0, 1]; greater is less natural
 * @param low lower end of the confidence interval; NaN without resamples
 * @param high upper end of the confidence interval; NaN without resamples
 * @param standardError standard deviation of d over draws of the sets, by the same resamples; NaN
 *     with fewer than two
 * @param asymptoticP p-value by the approximation of Press et al., see {@link
 *     KolmogorovSmirnov2D#asymptoticPValue()}; NaN for a set of one image or a constant coordinate
 * @param permutationP p-value by permutation; NaN without permutations
 * @param nullMean mean of d at these sizes if both sets had one distribution; NaN without
 *     permutations
 * @param nullQuantile95 95 % quantile of d in that case; NaN without permutations
 * @param permutations that were drawn: fewer than were allowed, where sets are so large that
 *     permutations draw a part of them and p is plainly large, see {@link
 *     KolmogorovSmirnov2D#permute(int, long, int, Replicates.Runner)}; 0 without
 * @param referenceCount images in the reference set
 * @param generatedCount images in the generated set
 */
public record AnomalyScore(
    double d,
    double low,
    double high,
    double standardError,
    double asymptoticP,
    double permutationP,
    double nullMean,
    double nullQuantile95,
    int permutations,
    int referenceCount,
    int generatedCount) {

  /**
   * How much to compute beside the score.
   *
   * @param seed of permutations and resamples; one seed gives one result
   * @param permutations number of permutations, 0 for none; where they draw a part of the images,
   *     the most
   * @param resamples number of bootstrap resamples, 0 for none
   * @param confidence level of the interval, in (0, 1)
   * @param permutedPoints the most images of the larger set that a permutation draws, see {@link
   *     KolmogorovSmirnov2D#permute(int, long, int, Replicates.Runner)}; at least 1
   * @param resampledPoints the same of a resample
   */
  public record Options(
      long seed,
      int permutations,
      int resamples,
      double confidence,
      int permutedPoints,
      int resampledPoints) {

    /** How many permutations and resamples there are where nobody says how many. */
    public static final int REPLICATES = 1000;

    /**
     * The most images of a set that each of them draws then. A thousand of each take some forty
     * seconds of a core, however large the sets are.
     */
    public static final int POINTS = 50_000;

    /**
     * Seed 0, {@link #REPLICATES} permutations and resamples of {@link #POINTS} images at most, a
     * 95 % interval.
     */
    public static final Options DEFAULT =
        new Options(0, REPLICATES, REPLICATES, 0.95, POINTS, POINTS);

    /** Exactly so many permutations and resamples, of all images. */
    public Options(long seed, int permutations, int resamples, double confidence) {
      this(seed, permutations, resamples, confidence, Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    /**
     * What a user asked for.
     *
     * @param permutations exactly so many, of all images; null for the default
     * @param resamples likewise
     */
    public static Options of(
        long seed, Integer permutations, Integer resamples, double confidence) {
      return new Options(
          seed,
          permutations == null ? REPLICATES : permutations,
          resamples == null ? REPLICATES : resamples,
          confidence,
          permutations == null ? POINTS : Integer.MAX_VALUE,
          resamples == null ? POINTS : Integer.MAX_VALUE);
    }

    public Options {
      if (permutations < 0 || resamples < 0) {
        throw new IllegalArgumentException(
            "Cannot run "
                + permutations
                + " permutations and "
                + resamples
                + " resamples: neither may be negative; 0 leaves them out.");
      }
      if (!(confidence > 0 && confidence < 1)) {
        throw new IllegalArgumentException(
            "Cannot give an interval of confidence "
                + confidence
                + ": it must lie between 0 and 1, such as 0.95.");
      }
    }
  }

  /**
   * Scores a generated set; the arrays are read, not kept. Each permutation or resample costs about
   * as much as the score itself, or as that of the most points that it may draw.
   *
   * @param referenceC complexity of the reference images, radians, at least one finite value
   * @param referenceV vulnerability of the reference images, in the same order
   * @param generatedC complexity of the generated images, radians, at least one finite value
   * @param generatedV vulnerability of the generated images, in the same order
   * @throws IllegalArgumentException if a set is empty, its columns differ in length, or a value is
   *     NaN or infinite: degenerate rows have no place in a score
   */
  public static AnomalyScore of(
      double[] referenceC,
      double[] referenceV,
      double[] generatedC,
      double[] generatedV,
      Options options) {
    Samples.requirePoints("the reference set", referenceC, referenceV);
    Samples.requirePoints("the generated set", generatedC, generatedV);
    return of(KolmogorovSmirnov2D.of(referenceC, referenceV, generatedC, generatedV), options);
  }

  /**
   * The same where the sets are compared already.
   *
   * @param test of the reference set, which stands first, and the generated set
   */
  public static AnomalyScore of(KolmogorovSmirnov2D test, Options options) {
    return of(test, options, Replicates.here());
  }

  /**
   * The same.
   *
   * @param runner computes permutations and resamples; any gives the same bits
   */
  public static AnomalyScore of(
      KolmogorovSmirnov2D test, Options options, Replicates.Runner runner) {
    int n = test.n();
    int m = test.m();
    double d = test.statistic();

    var permuted = new KolmogorovSmirnov2D.PermutationTest(Double.NaN, Double.NaN, Double.NaN, 0);
    if (options.permutations() > 0) {
      permuted =
          test.permute(options.permutations(), options.seed(), options.permutedPoints(), runner);
    }

    double low = Double.NaN;
    double high = Double.NaN;
    double standardError = Double.NaN;
    if (options.resamples() > 0) {
      double tail = (1 - options.confidence()) / 2;
      double[] resampled =
          test.resample(options.resamples(), options.seed(), options.resampledPoints(), runner);
      double bias = test.rate(options.resampledPoints()) * (Mean.of(resampled).getAsDouble() - d);
      bias += (1.0 / n + 1.0 / m) / 2;
      standardError =
          resampled.length > 1 ? StandardDeviation.of(resampled).getAsDouble() : Double.NaN;
      double[] q = DistributionSummary.QUANTILE.evaluate(resampled, tail, 1 - tail);
      low = Math.max(0, Math.min(d, d - (q[1] - d) - bias));
      high = Math.min(1, Math.max(d, d - (q[0] - d) - bias));
      if (permuted.pValue() > 1 - options.confidence()) {
        low =
            0; // the test cannot exclude that the sets have one distribution, nor may the interval
      }
    }
    return new AnomalyScore(
        d,
        low,
        high,
        standardError,
        test.asymptoticPValue(),
        permuted.pValue(),
        permuted.nullMean(),
        permuted.nullQuantile95(),
        permuted.permutations(),
        n,
        m);
  }

  /**
   * AS-i, the Anomaly Score of one image: vulnerability / complexity (Eq. 7 of the paper).
   *
   * @param complexity C(x), radians
   * @param vulnerability V(x), a feature distance
   * @return V / C, or NaN where that is undefined: either is NaN or infinite, C is not above 0, or
   *     V is below 0
   */
  public static double perImage(double complexity, double vulnerability) {
    boolean defined =
        complexity > 0
            && vulnerability >= 0
            && Double.isFinite(complexity)
            && Double.isFinite(vulnerability);
    return defined ? vulnerability / complexity : Double.NaN;
  }
}
