package org.anomalyscore.stats;

import java.util.Arrays;

/** The one order in which points are resampled: by x, of equal x by y, of equal points as given. */
public final class PointOrder {
  private PointOrder() {}

  /**
   * The points' indices in ascending order; the arrays are read, not kept. 24 bytes a point while
   * it works.
   *
   * @param x finite values
   * @param y as many finite values
   */
  public static int[] ascending(double[] x, double[] y) {
    int[] order = new PooledOrder(y, Samples.NONE).indices();
    return new PooledOrder(x, order).indices();
  }

  /**
   * The values of a column in an order.
   *
   * @param order indices into the column
   */
  public static double[] inOrder(double[] column, int[] order) {
    double[] ordered = new double[order.length];
    Arrays.setAll(ordered, i -> column[order[i]]);
    return ordered;
  }
}
