package org.anomalyscore.stats;

/**
 * The ascending order of one coordinate of two pooled samples, by a radix sort that carries indices
 * along: a sort of the values alone would need a search for each value to rank it, which costs
 * several times the sort.
 *
 * <p>Least significant digit first (Knuth, The Art of Computer Programming 3, 5.2.5), so stable;
 * digits that all values share are passed over. 24 bytes a value while it stands.
 */
final class PooledOrder {
  /** Six digits a value, and counts of each that fit into a core's nearest cache. */
  private static final int DIGIT_BITS = 11;

  private static final int DIGIT_MASK = (1 << DIGIT_BITS) - 1;
  private static final int DIGITS = (Long.SIZE + DIGIT_BITS - 1) / DIGIT_BITS;

  /** Ascending; {@link #indices} says whose each is. */
  private long[] keys;

  private int[] indices;
  private long[] otherKeys;
  private int[] otherIndices;

  /** Finite values; the first sample's have the indices from 0, the second's follow. */
  PooledOrder(double[] first, double[] second) {
    this(first.length + second.length);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = key(i < first.length ? first[i] : second[i - first.length]);
      indices[i] = i;
    }
    sort();
  }

  /**
   * Finite values that have an order already, which remains among equal ones.
   *
   * @param order indices into the values; kept
   */
  PooledOrder(double[] values, int[] order) {
    this(values.length);
    for (int i = 0; i < keys.length; i++) {
      indices[i] = order[i];
      keys[i] = key(values[order[i]]);
    }
    sort();
  }

  private PooledOrder(int size) {
    keys = new long[size];
    indices = new int[size];
    otherKeys = new long[size];
    otherIndices = new int[size];
  }

  private void sort() {
    int[][] counts = new int[DIGITS][DIGIT_MASK + 1];
    for (long key : keys) {
      for (int d = 0; d < DIGITS; d++) {
        counts[d][digit(key, d)]++;
      }
    }
    for (int d = 0; d < DIGITS; d++) {
      if (keys.length > 0 && counts[d][digit(keys[0], d)] < keys.length) {
        sortBy(d, counts[d]);
      }
    }
  }

  /** Order of keys as unsigned numbers is order of values. */
  private static long key(double value) {
    // Adding zero turns -0.0 into 0.0, which equals it.
    long bits = Double.doubleToRawLongBits(value + 0.0);
    return bits ^ ((bits >> 63) | Long.MIN_VALUE);
  }

  private static int digit(long key, int d) {
    return (int) (key >>> (d * DIGIT_BITS)) & DIGIT_MASK;
  }

  private void sortBy(int d, int[] counts) {
    int next = 0;
    for (int value = 0; value < counts.length; value++) {
      int count = counts[value];
      counts[value] = next;
      next += count;
    }
    for (int i = 0; i < keys.length; i++) {
      int to = counts[digit(keys[i], d)]++;
      otherKeys[to] = keys[i];
      otherIndices[to] = indices[i];
    }
    long[] sortedKeys = otherKeys;
    otherKeys = keys;
    keys = sortedKeys;
    int[] sortedIndices = otherIndices;
    otherIndices = indices;
    indices = sortedIndices;
  }

  /** Indices in ascending order; of this order, which they use up. */
  int[] indices() {
    return indices;
  }

  /**
   * What the Mann-Whitney U test needs of this order.
   *
   * @param first number of values of the first sample
   */
  RankSums rankSums(int first) {
    long twiceU = 0;
    double ties = 0;
    long firstBelow = 0;
    for (int start = 0, end = 0; start < keys.length; start = end) {
      long firstHere = 0;
      do {
        firstHere += indices[end] < first ? 1 : 0;
        end++;
      } while (end < keys.length && keys[end] == keys[start]);
      long here = (long) end - start;
      twiceU += (here - firstHere) * (2 * firstBelow + firstHere);
      ties += (double) here * here * here - here;
      firstBelow += firstHere;
    }
    return new RankSums(twiceU / 2.0, ties);
  }

  /** Number of distinct values. */
  int distinct() {
    int distinct = 1;
    for (int i = 1; i < keys.length; i++) {
      if (keys[i] != keys[i - 1]) {
        distinct++;
      }
    }
    return distinct;
  }

  /**
   * Indices in ascending order; the last of each run of equal values as its complement. Uses this
   * order up.
   */
  int[] toRunsOfEqual() {
    for (int i = 0; i < keys.length; i++) {
      if (i == keys.length - 1 || keys[i] != keys[i + 1]) {
        indices[i] = ~indices[i];
      }
    }
    return indices;
  }

  /** By index: the 0-based dense rank of its value. Uses this order up. */
  int[] toRanks() {
    int rank = 0;
    for (int i = 0; i < keys.length; i++) {
      if (i > 0 && keys[i] != keys[i - 1]) {
        rank++;
      }
      otherIndices[indices[i]] = rank;
    }
    return otherIndices;
  }
}
