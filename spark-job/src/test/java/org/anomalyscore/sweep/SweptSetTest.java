package org.anomalyscore.sweep;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SweptSetTest {

  /** Three runs of four images; the second image has no score in one run, the third in none. */
  private static final double[][] C = {
    {1, Double.NaN, Double.NaN, 2}, {2, 1, Double.NaN, 2}, {3, 1, Double.NaN, 2}
  };

  private static final double[][] V = {
    {2, Double.NaN, Double.NaN, 0}, {2, 1, Double.NaN, 0}, {9, 1, Double.NaN, 0}
  };

  private static final SweptSet SET = new SweptSet("set", C, V, C);

  @Test
  void aRunHoldsTheImagesThatItHasScoresOf() {
    assertArrayEquals(new double[] {1, 2}, SET.run(0).complexity());
    assertArrayEquals(new double[] {2, 1, 0}, SET.run(1).vulnerability());
  }

  @Test
  void theSeedsDeviationIsTheRootMeanSquareOverImages() {
    int[] runs = {0, 1, 2};
    // Image 0: deviation 1, mean 2; image 3: deviation 0. Exact but for roundings of 1e-16 each.
    assertEquals(Math.sqrt(0.25 / 2), SET.seedDeviationOfComplexity(runs), 1e-15);
    // Image 0: V = 2, 2, 9 has mean 13/3 and variance 49/3; image 3 has V = 0, no relative spread.
    assertEquals(Math.sqrt(49.0 / 3) / (13.0 / 3), SET.seedDeviationOfVulnerability(runs), 1e-15);
    // AS-i = 2, 1, 3.
    assertEquals(0.5, SET.seedDeviationOfAsI(runs), 1e-15);
  }

  @Test
  void oneSeedHasNoDeviationNorHasASetWithoutScores() {
    assertTrue(Double.isNaN(SET.seedDeviationOfComplexity(new int[] {1})));
    double[][] none = {{Double.NaN}, {Double.NaN}};
    SweptSet empty = new SweptSet("none", none, none, none);
    assertTrue(Double.isNaN(empty.seedDeviationOfAsI(new int[] {0, 1})));
    assertEquals(0, empty.run(0).complexity().length);
  }
}
