package org.anomalyscore.stats;

import java.io.Serializable;
import java.util.Arrays;

/**
 * The ranks of two pooled samples of points, and the two-dimensional Kolmogorov-Smirnov statistic
 * of any two weightings of them.
 *
 * <p>The observed samples, a permutation of their labels and a bootstrap resample differ only in
 * how often each pooled point belongs to either sample. So the points are sorted once, and each of
 * the three is one call of {@link #scaledStatistic}.
 *
 * <p>Positions 0 to size - 1 are the pooled points in ascending order of x. Sums of weights are
 * {@code long}s that carry two counts, of the first sample in the upper 32 bits and of the second
 * in the lower 32: one prefix sum then counts both samples, and no carry can cross, since the
 * counts sum to an array's length at most. All quadrant differences are integers in units of 1 / (n
 * m), so that equal statistics compare as equal, which permutation p-values need.
 *
 * <p>Immutable; one {@link Workspace} a thread.
 */
final class QuadrantRanks implements Serializable {
  private static final long serialVersionUID = 1;

  /** The weight of one point of the first sample. */
  static final int FIRST = 1;

  /** The weight of one point of the second sample. */
  static final int SECOND = -1;

  private final int n;
  private final int m;

  /**
   * By position: 0-based dense rank of the point's y among all pooled points; at the last position
   * of a run of equal x, its complement.
   */
  private final int[] yRanks;

  /** Positions of the first sample's points, in their order of input; likewise the second's. */
  private final int[] firstPositions;

  private final int[] secondPositions;
  private final int distinctY;
  private final RankSums rankSumsOfX;
  private final RankSums rankSumsOfY;

  /** All arguments finite, each pair of one length, neither empty: the caller has checked. */
  QuadrantRanks(double[] x1, double[] y1, double[] x2, double[] y2) {
    n = x1.length;
    m = x2.length;
    PooledOrder ofX = new PooledOrder(x1, x2);
    rankSumsOfX = ofX.rankSums(n);
    int[] byX = ofX.toRunsOfEqual();
    PooledOrder byY = new PooledOrder(y1, y2);
    rankSumsOfY = byY.rankSums(n);
    distinctY = byY.distinct();
    int[] ranks = byY.toRanks();
    firstPositions = new int[n];
    secondPositions = new int[m];
    for (int position = 0; position < byX.length; position++) {
      boolean last = byX[position] < 0;
      int i = last ? ~byX[position] : byX[position];
      byX[position] = last ? ~ranks[i] : ranks[i];
      if (i < n) {
        firstPositions[i] = position;
      } else {
        secondPositions[i - n] = position;
      }
    }
    yRanks = byX;
  }

  /** Of the first coordinate, by the order in which it was ranked. */
  RankSums rankSumsOfX() {
    return rankSumsOfX;
  }

  /** Of the second coordinate. */
  RankSums rankSumsOfY() {
    return rankSumsOfY;
  }

  /** Number of points of the first sample. */
  int n() {
    return n;
  }

  /** Number of points of the second sample. */
  int m() {
    return m;
  }

  /** Number of pooled points, n + m. */
  int size() {
    return yRanks.length;
  }

  /** Position of the first sample's point {@code i}, 0 to n - 1. */
  int firstPosition(int i) {
    return firstPositions[i];
  }

  /** Position of the second sample's point {@code i}, 0 to m - 1. */
  int secondPosition(int i) {
    return secondPositions[i];
  }

  /** Number of distinct y. */
  int distinctY() {
    return distinctY;
  }

  /** The 0-based dense rank of the y of the point at a position. */
  int yRank(int position) {
    return rank(yRanks[position]);
  }

  /** Whether the points at two positions, the first below the second, have one x. */
  boolean areOfEqualX(int position, int above) {
    int p = position;
    while (p < above && yRanks[p] >= 0) {
      p++;
    }
    return p == above;
  }

  /** What {@link #scaledStatistic} gives of n and m points, as the statistic D. */
  static double unscaled(long scaled, int n, int m) {
    return (double) scaled / (2.0 * n * m);
  }

  /** Arrays of sums that one thread reuses from replicate to replicate. */
  static final class Sums {
    /** A Fenwick tree over the ranks of y: the weight of the points met so far. */
    private final long[] tree;

    /** By rank of y: the weight of all points that are not above it. */
    private final long[] notAbove;

    /** For so many distinct y, at most. */
    Sums(int distinctY) {
      tree = new long[distinctY + 1];
      notAbove = new long[distinctY];
    }
  }

  /** What one thread reuses from replicate to replicate. */
  final class Workspace {
    /** By position: how often the point is in a sample, times {@link #FIRST} or {@link #SECOND}. */
    final int[] weights = new int[size()];

    private final Sums sums = new Sums(distinctY);

    private Workspace() {}
  }

  Workspace newWorkspace() {
    return new Workspace();
  }

  /** Sets the workspace's weights to the two samples as they were given. */
  void observe(Workspace workspace) {
    Arrays.fill(workspace.weights, SECOND);
    for (int position : firstPositions) {
      workspace.weights[position] = FIRST;
    }
  }

  /**
   * 2 n m D of the samples that the workspace's weights describe, in O(size log size). The weights
   * must sum to n and to m.
   */
  long scaledStatistic(Workspace workspace) {
    return scaledStatistic(yRanks, workspace.weights, size(), distinctY, n, m, workspace.sums);
  }

  /**
   * The same of any points.
   *
   * @param yRanks by position, in ascending order of x: the 0-based dense rank of the point's y; at
   *     the last position of a run of equal x, its complement
   * @param weights by position
   * @param size number of positions, of which the arrays may have more
   * @param distinctY number of ranks
   * @param n sum of the first sample's weights
   * @param m of the second's
   */
  static long scaledStatistic(
      int[] yRanks, int[] weights, int size, int distinctY, int n, int m, Sums sums) {
    long[] tree = sums.tree;
    long[] notAbove = sums.notAbove;
    Arrays.fill(tree, 0, distinctY + 1, 0);
    Arrays.fill(notAbove, 0, distinctY, 0);
    for (int p = 0; p < size; p++) {
      notAbove[rank(yRanks[p])] += counts(weights[p]);
    }
    for (int r = 1; r < distinctY; r++) {
      notAbove[r] += notAbove[r - 1];
    }
    long all = notAbove[distinctY - 1];

    long largestAtFirst = Long.MIN_VALUE;
    long largestAtSecond = Long.MIN_VALUE;
    long notRight = 0;
    for (int start = 0, end = 0; start < size; start = end) {
      // All points of equal x are counted before any of them is asked: x' <= x.
      boolean isLast;
      do {
        long counts = counts(weights[end]);
        int y = yRanks[end++];
        isLast = y < 0;
        if (counts != 0) {
          notRight += counts;
          for (int r = rank(y) + 1; r <= distinctY; r += r & -r) {
            tree[r] += counts;
          }
        }
      } while (!isLast);
      for (int p = start; p < end; p++) {
        int weight = weights[p];
        if (weight == 0) {
          continue; // not in this resample: saves its count
        }
        int y = rank(yRanks[p]);
        long lowLow = 0;
        for (int r = y + 1; r > 0; r &= r - 1) {
          lowLow += tree[r];
        }
        long below = notAbove[y];
        long ll = difference(lowLow, n, m);
        long lh = difference(notRight - lowLow, n, m);
        long hl = difference(below - lowLow, n, m);
        long hh = difference((all - notRight) - (below - lowLow), n, m);
        if (weight > 0) {
          largestAtFirst = Math.max(largestAtFirst, reassigned(ll, lh, hl, hh, m));
        } else {
          largestAtSecond = Math.max(largestAtSecond, reassigned(-ll, -lh, -hl, -hh, n));
        }
      }
    }
    return largestAtFirst + largestAtSecond;
  }

  /** The rank in an entry of {@link #yRanks}. */
  private static int rank(int entry) {
    return entry ^ entry >> 31;
  }

  /** Both samples' counts in a weight. */
  private static long counts(int weight) {
    return weight >= 0 ? (long) weight << 32 : -weight;
  }

  /** First sample's fraction minus the second's, times n m. */
  private static long difference(long counts, int n, int m) {
    return (counts >>> 32) * m - (int) counts * (long) n;
  }

  /**
   * The largest absolute quadrant difference at one of a sample's own points, where the point
   * itself (one {@code unit}) may be moved out of the low-low quadrant, which its {@code <=} put it
   * in, or into any other, whichever gives the larger difference.
   */
  private static long reassigned(long ll, long lh, long hl, long hh, long unit) {
    long most = Math.max(Math.max(lh, hl), hh);
    long least = Math.min(Math.min(lh, hl), hh);
    return Math.max(Math.max(ll, most + unit), Math.max(unit - ll, -least));
  }
}
