package org.anomalyscore.stats;

/** The limiting distribution of the scaled Kolmogorov-Smirnov statistic. */
final class KolmogorovDistribution {
  private KolmogorovDistribution() {}

  /**
   * P(K &gt; {@code lambda}) = 2 sum over j &ge; 1 of (-1)^(j-1) exp(-2 j^2 lambda^2).
   *
   * <p>Below 1.18 that series needs many terms that cancel; its theta-function form, 1 - sqrt(2 pi)
   * / lambda sum over j &ge; 1 of exp(-(2j - 1)^2 pi^2 / (8 lambda^2)), then converges within four
   * (Press et al., Numerical Recipes, 3rd edition, section 6.14.12).
   *
   * @param lambda any number; NaN gives NaN, and 0 or less gives 1
   */
  static double survival(double lambda) {
    if (lambda <= 0) {
      return 1;
    }
    if (lambda < 1.18) {
      double y = Math.exp(-Math.PI * Math.PI / (8 * lambda * lambda));
      double sum = y + Math.pow(y, 9) + Math.pow(y, 25) + Math.pow(y, 49);
      return 1 - Math.sqrt(2 * Math.PI) / lambda * sum;
    }
    double y = Math.exp(-2 * lambda * lambda);
    return 2 * (y - Math.pow(y, 4) + Math.pow(y, 9) - Math.pow(y, 16));
  }
}
