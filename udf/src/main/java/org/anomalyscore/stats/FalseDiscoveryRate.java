package org.anomalyscore.stats;

import java.util.Arrays;

/**
 * Which of many tests may be called findings. The q-value of the k-th smallest of m p-values is the
 * least of m p(j) / j over all j from k to m, at most 1 (Benjamini and Hochberg 1995,
 * doi:10.1111/j.2517-6161.1995.tb02031.x): of all tests with a q-value up to a rate, the expected
 * share that are none is at most that rate. This holds for p-values that are independent, and for
 * conformal ones that share a calibration set (Bates et al. 2023, theorem 1,
 * doi:10.1214/22-AOS2244), and so approximately for those of {@link Atypicality}. Where no test is
 * a finding, any is called one at most in that share of cases.
 */
public final class FalseDiscoveryRate {
  private FalseDiscoveryRate() {}

  /**
   * The q-value of each test; the array is read, not kept.
   *
   * @param p in [0, 1]; a NaN is no test, and stays NaN
   * @return in the same order, at least as large as p
   */
  public static double[] qValues(double[] p) {
    double[] sorted = Arrays.stream(p).filter(x -> !Double.isNaN(x)).sorted().toArray();
    int m = sorted.length;
    double[] q = new double[m];
    double least = 1;
    for (int j = m - 1; j >= 0; j--) {
      least = Math.min(least, sorted[j] * m / (j + 1));
      q[j] = least;
    }
    // Equal p-values have equal q-values: the least is taken at the last of them.
    return Arrays.stream(p)
        .map(x -> Double.isNaN(x) ? Double.NaN : q[Arrays.binarySearch(sorted, x)])
        .toArray();
  }
}
