package org.anomalyscore.stats;

import java.util.Arrays;

/** A set of small integers that tells how many of its members are below one. */
final class RankedBits {
  private final long[] words;

  /** By word: how many bits are set in those before it, as {@link #count} found. */
  private final int[] before;

  /** For members from 0 to size - 1. */
  RankedBits(int size) {
    words = new long[(size >>> 6) + 1];
    before = new int[words.length];
  }

  void clear() {
    Arrays.fill(words, 0);
  }

  /** Adds a member; false if it was there. */
  boolean set(int member) {
    int word = member >>> 6;
    long bit = 1L << member;
    boolean isNew = (words[word] & bit) == 0;
    words[word] |= bit;
    return isNew;
  }

  /** The number of members; to be called before {@link #rank}. */
  int count() {
    int count = 0;
    for (int word = 0; word < words.length; word++) {
      before[word] = count;
      count += Long.bitCount(words[word]);
    }
    return count;
  }

  /** How many members are below one. */
  int rank(int member) {
    int word = member >>> 6;
    return before[word] + Long.bitCount(words[word] & ((1L << member) - 1));
  }

  /** The least member that is not below a number; -1 if there is none. */
  int next(int from) {
    int word = from >>> 6;
    if (word >= words.length) {
      return -1;
    }
    long rest = words[word] & (-1L << from);
    while (rest == 0) {
      if (++word == words.length) {
        return -1;
      }
      rest = words[word];
    }
    return (word << 6) + Long.numberOfTrailingZeros(rest);
  }
}
