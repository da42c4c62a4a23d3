package org.anomalyscore.stats;

import java.util.Arrays;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/**
 * Whether a measure rises or falls with an ordered label, such as the viewing time that people need
 * to recognise an image: Spearman's coefficient, and the test of Jonckheere and Terpstra against
 * ordered alternatives. All p-values are two-sided.
 *
 * <p>J counts the pairs of objects of different labels in which the higher label has the higher
 * value, tied values counting half (Hollander, Wolfe and Chicken 2014, Nonparametric Statistical
 * Methods, section 6.2, eq. 6.13). Its p-value is exact for up to {@value #EXACT} objects without
 * tied values, by the distribution of a sum of independent Mann-Whitney statistics (Harding 1984,
 * doi:10.2307/2347663); otherwise normal, with the variance for ties of labels and of values (eq.
 * 6.19 there) and without a continuity correction.
 *
 * @param count number of objects
 * @param spearman coefficient of the mean ranks, in [-1, 1]; NaN where a side is constant
 * @param spearmanP by Student's t with n - 2 degrees of freedom; NaN where the coefficient is, or
 *     below three objects
 * @param jonckheere J
 * @param z J less its mean, over its standard deviation; positive where the measure rises; NaN
 *     where a side is constant
 * @param jonckheereP its p-value; NaN where z is
 */
public record TrendTest(
    int count, double spearman, double spearmanP, double jonckheere, double z, double jonckheereP) {

  /** Up to so many objects without ties the distribution of J is enumerated. */
  static final int EXACT = 50;

  /**
   * Tests for a trend; the arrays are read, not kept.
   *
   * @param labels one finite value an object, at least 1; equal labels make a group
   * @param values the measure of the same objects, in the same order
   * @throws IllegalArgumentException if the arrays are empty, differ in length, or have a value
   *     that is NaN or infinite
   */
  public static TrendTest of(double[] labels, double[] values) {
    Samples.requirePoints("the labelled values", labels, values);
    int n = labels.length;
    NaturalRanking ranking = new NaturalRanking(TiesStrategy.AVERAGE);
    double[] labelRanks = ranking.apply(labels);
    double[] valueRanks = ranking.apply(values);
    double spearman = Correlation.pearson(labelRanks, valueRanks);

    int[] groups = groups(labelRanks);
    int[] sizes = counts(groups);
    int[] ties = counts(groups(valueRanks));
    double j = statistic(groups, sizes.length, valueRanks);
    double z = Double.NaN;
    double p = Double.NaN;
    if (sizes.length > 1 && ties.length > 1) {
      double mean = ((double) n * n - sum(sizes, s -> s * s)) / 4;
      z = (j - mean) / Math.sqrt(variance(n, sizes, ties));
      p =
          n <= EXACT && ties.length == n
              ? exactP(sizes, (int) j)
              : 2 * NormalDistribution.of(0, 1).survivalProbability(Math.abs(z));
    }
    return new TrendTest(n, spearman, spearmanP(spearman, n), j, z, p);
  }

  private static double spearmanP(double r, int n) {
    if (Double.isNaN(r) || n < 3) {
      return Double.NaN;
    }
    double t = Math.abs(r) * Math.sqrt((n - 2) / ((1 - r) * (1 + r)));
    return 2 * TDistribution.of(n - 2).survivalProbability(t);
  }

  /** The group of each object, numbered by rising mean rank. */
  private static int[] groups(double[] ranks) {
    double[] distinct = Arrays.stream(ranks).distinct().sorted().toArray();
    return Arrays.stream(ranks).mapToInt(r -> Arrays.binarySearch(distinct, r)).toArray();
  }

  private static int[] counts(int[] groups) {
    int[] counts = new int[Arrays.stream(groups).max().orElseThrow() + 1];
    for (int group : groups) {
      counts[group]++;
    }
    return counts;
  }

  private static double sum(int[] counts, java.util.function.DoubleUnaryOperator f) {
    return Arrays.stream(counts).mapToDouble(c -> f.applyAsDouble(c)).sum();
  }

  /** J, by values that rise: how many objects with a lower label were met before. */
  private static double statistic(int[] groups, int groupCount, double[] valueRanks) {
    int n = groups.length;
    int[] order = order(valueRanks);
    int[] lower = new int[groupCount + 1]; // a binary indexed tree of counts by group
    int[] tied = new int[groupCount];
    double j = 0;
    for (int from = 0, to; from < n; from = to) {
      to = from;
      double same = 0;
      while (to < n && valueRanks[order[to]] == valueRanks[order[from]]) {
        int group = groups[order[to++]];
        j += below(lower, group);
        same += tied[group]++;
      }
      double size = to - from;
      j += (size * (size - 1) / 2 - same) / 2;
      for (int i = from; i < to; i++) {
        int group = groups[order[i]];
        tied[group] = 0;
        for (int k = group + 1; k <= groupCount; k += k & -k) {
          lower[k]++;
        }
      }
    }
    return j;
  }

  private static int below(int[] tree, int group) {
    int count = 0;
    for (int k = group; k > 0; k -= k & -k) {
      count += tree[k];
    }
    return count;
  }

  /** Objects by rising rank; mean ranks are halves, so that they can be counted out. */
  private static int[] order(double[] ranks) {
    int[] start = new int[2 * ranks.length + 2];
    for (double rank : ranks) {
      start[(int) (2 * rank) + 1]++;
    }
    for (int i = 1; i < start.length; i++) {
      start[i] += start[i - 1];
    }
    int[] order = new int[ranks.length];
    for (int i = 0; i < ranks.length; i++) {
      order[start[(int) (2 * ranks[i])]++] = i;
    }
    return order;
  }

  private static double variance(double n, int[] sizes, int[] ties) {
    double first =
        n * (n - 1) * (2 * n + 5)
            - sum(sizes, s -> s * (s - 1) * (2 * s + 5))
            - sum(ties, t -> t * (t - 1) * (2 * t + 5));
    double triples = sum(sizes, s -> s * (s - 1) * (s - 2)) * sum(ties, t -> t * (t - 1) * (t - 2));
    double pairs = sum(sizes, s -> s * (s - 1)) * sum(ties, t -> t * (t - 1));
    return first / 72
        + (triples == 0 ? 0 : triples / (36 * n * (n - 1) * (n - 2)))
        + pairs / (8 * n * (n - 1));
  }

  /** Twice the smaller tail of J without tied values. */
  private static double exactP(int[] sizes, int j) {
    double[] all = {1};
    int before = 0;
    for (int size : sizes) {
      all = convolved(all, mannWhitney(before, size));
      before += size;
    }
    double low = Arrays.stream(all, 0, j + 1).sum();
    double high = Arrays.stream(all, j, all.length).sum();
    return Math.min(1, 2 * Math.min(low, high));
  }

  private static double[] convolved(double[] a, double[] b) {
    double[] c = new double[a.length + b.length - 1];
    for (int i = 0; i < a.length; i++) {
      for (int k = 0; k < b.length; k++) {
        c[i + k] += a[i] * b[k];
      }
    }
    return c;
  }

  /** P(U = u), u = 0..m n: the highest of all values is of either sample (Mann and Whitney). */
  private static double[] mannWhitney(int m, int n) {
    double[][] before = new double[n + 1][];
    for (int a = 0; a <= m; a++) {
      double[][] now = new double[n + 1][];
      for (int b = 0; b <= n; b++) {
        double[] p = new double[a * b + 1];
        if (a == 0 || b == 0) {
          p[0] = 1;
        } else {
          for (int u = 0; u < before[b].length; u++) {
            p[u] += before[b][u] * a / (a + b);
          }
          for (int u = 0; u < now[b - 1].length; u++) {
            p[u + a] += now[b - 1][u] * b / (a + b);
          }
        }
        now[b] = p;
      }
      before = now;
    }
    return before[n];
  }
}
