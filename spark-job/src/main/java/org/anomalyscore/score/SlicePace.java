package org.anomalyscore.score;

/**
 * How much a run scores before it commits. What a kill can cost is one slice, so a slice is meant
 * to take five minutes; what a commit costs is seconds.
 */
final class SlicePace {

  private static final double SECONDS_A_SLICE = 300;

  /** The first slices pay for loading models; their pace says little. */
  private static final int MOST_GROWTH = 8;

  private final long fixed;
  private final long first;
  private long last;

  /**
   * @param fixed chunks of every slice; 0 to go by time
   * @param first chunks of the first slice otherwise, and of the smallest
   */
  SlicePace(long fixed, long first) {
    this.fixed = fixed;
    this.first = first;
  }

  /**
   * Chunks of the next slice.
   *
   * @param remaining chunks that are left, above 0
   * @param lastSeconds that the slice before took; anything for the first
   */
  long next(long remaining, double lastSeconds) {
    long wanted;
    if (fixed > 0) {
      wanted = fixed;
    } else if (last == 0) {
      wanted = first;
    } else {
      double byPace = last * SECONDS_A_SLICE / Math.max(lastSeconds, 1e-3);
      wanted = (long) Math.max((double) first, Math.min(byPace, (double) MOST_GROWTH * last));
      // No short last slice: its cores would wait for each other.
      wanted = remaining < 1.5 * wanted ? remaining : wanted;
    }
    last = Math.min(wanted, remaining);
    return last;
  }
}
