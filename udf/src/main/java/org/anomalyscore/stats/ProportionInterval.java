package org.anomalyscore.stats;

import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * A share of successes, such as the accuracy of a classifier, with Wilson's score interval (Wilson
 * 1927, doi:10.1080/01621459.1927.10502953), which stays in [0, 1] and keeps a width where all or
 * none succeed.
 *
 * @param share successes / trials, in [0, 1]
 * @param low lower end of the interval, in [0, share]
 * @param high upper end, in [share, 1]
 */
public record ProportionInterval(double share, double low, double high) {

  /**
   * Estimates a share.
   *
   * @param successes 0 to {@code trials}
   * @param trials independent ones, at least 1
   * @param confidence of the interval, in (0, 1)
   * @throws IllegalArgumentException for values out of these ranges
   */
  public static ProportionInterval wilson(long successes, long trials, double confidence) {
    if (trials < 1 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "Cannot estimate a share of " + successes + " in " + trials + " trials.");
    }
    double z = normalQuantile(confidence);
    double share = (double) successes / trials;
    double shrink = 1 + z * z / trials;
    double centre = (share + z * z / (2 * trials)) / shrink;
    double half =
        z
            / shrink
            * Math.sqrt(share * (1 - share) / trials + z * z / (4.0 * trials * (double) trials));
    // The ends are exact there; the formula rounds.
    return new ProportionInterval(
        share,
        successes == 0 ? 0 : Math.max(0, centre - half),
        successes == trials ? 1 : Math.min(1, centre + half));
  }

  /** How many standard errors a two-sided interval reaches to each side: 1.96 for 0.95. */
  static double normalQuantile(double confidence) {
    if (!(confidence > 0 && confidence < 1)) {
      throw new IllegalArgumentException("The confidence is " + confidence + ". Give 0 to 1.");
    }
    return NormalDistribution.of(0, 1).inverseSurvivalProbability((1 - confidence) / 2);
  }
}
