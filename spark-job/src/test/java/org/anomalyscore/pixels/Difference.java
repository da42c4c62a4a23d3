package org.anomalyscore.pixels;

/** How far two pictures are apart, in levels. */
record Difference(int largest, double mean) {
  static Difference of(byte[] expected, byte[] actual) {
    if (expected.length != actual.length) {
      throw new AssertionError(actual.length + " bytes instead of " + expected.length);
    }
    int largest = 0;
    long sum = 0;
    for (int i = 0; i < expected.length; i++) {
      int difference = Math.abs((expected[i] & 0xff) - (actual[i] & 0xff));
      largest = Math.max(largest, difference);
      sum += difference;
    }
    return new Difference(largest, (double) sum / expected.length);
  }
}
