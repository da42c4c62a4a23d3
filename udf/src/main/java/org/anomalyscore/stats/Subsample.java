package org.anomalyscore.stats;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * A part of two pooled samples of points and its two-dimensional Kolmogorov-Smirnov statistic,
 * drawn anew for each replicate. The part is ranked by bits that are set at the positions and at
 * the ranks of y that were drawn, and counted: so nothing is sorted.
 *
 * <p>One a thread.
 */
final class Subsample {
  private final QuadrantRanks ranks;
  private final int n;
  private final int m;

  /** The positions that are drawn, the first sample's before the second's. */
  private final int[] drawn;

  private final RankedBits positions;
  private final RankedBits ys;

  /** Of the distinct drawn points in ascending order of x, as {@link QuadrantRanks} has them. */
  private final int[] weights;

  private final int[] yRanks;
  private final QuadrantRanks.Sums sums;

  Subsample(QuadrantRanks ranks, int n, int m) {
    this.ranks = ranks;
    this.n = n;
    this.m = m;
    drawn = new int[n + m];
    positions = new RankedBits(ranks.size());
    ys = new RankedBits(ranks.distinctY());
    weights = new int[n + m];
    yRanks = new int[n + m];
    sums = new QuadrantRanks.Sums(n + m);
  }

  /** Draws points of the pool without replacement; each is as likely in either sample. */
  void drawPooled(UniformRandomProvider random) {
    positions.clear();
    for (int i = 0; i < drawn.length; i++) {
      int position;
      do {
        position = random.nextInt(ranks.size());
      } while (!positions.set(position));
      drawn[i] = position;
    }
  }

  /** Draws points of each sample with replacement. */
  void drawWithReplacement(UniformRandomProvider random) {
    positions.clear();
    for (int i = 0; i < drawn.length; i++) {
      drawn[i] =
          i < n
              ? ranks.firstPosition(random.nextInt(ranks.n()))
              : ranks.secondPosition(random.nextInt(ranks.m()));
      positions.set(drawn[i]);
    }
  }

  /** 2 n m D of what is drawn, with its n and m. */
  long scaledStatistic() {
    int distinct = positions.count();
    Arrays.fill(weights, 0, distinct, 0);
    for (int i = 0; i < drawn.length; i++) {
      weights[positions.rank(drawn[i])] += i < n ? QuadrantRanks.FIRST : QuadrantRanks.SECOND;
    }
    ys.clear();
    for (int p = positions.next(0); p >= 0; p = positions.next(p + 1)) {
      ys.set(ranks.yRank(p));
    }
    int distinctY = ys.count();
    int at = 0;
    for (int p = positions.next(0), next; p >= 0; p = next) {
      next = positions.next(p + 1);
      int y = ys.rank(ranks.yRank(p));
      boolean last = next < 0 || !ranks.areOfEqualX(p, next);
      yRanks[at++] = last ? ~y : y;
    }
    return QuadrantRanks.scaledStatistic(yRanks, weights, distinct, distinctY, n, m, sums);
  }
}
