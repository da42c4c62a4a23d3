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
    int size = first.length + second.length;
    keys = new long[size];
    indices = new int[size];
    otherKeys = new long[size];
    otherIndices = new int[size];
    int[][] counts = new int[DIGITS][DIGIT_MASK + 1];
    for (int i = 0; i < size; i++) {
      long key = key(i < first.length ? first[i] : second[i - first.length]);
      keys[i] = key;
      indices[i] = i;
      for (int d = 0; d < DIGITS; d++) {
        counts[d][digit(key, d)]++;
      }
    }
    for (int d = 0; d < DIGITS; d++) {
      if (counts[d][digit(keys[0], d)] < size) {
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
