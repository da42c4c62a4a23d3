package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;

final class PooledOrderTest {
  private static final double[] NONE = {};

  @Test
  void everyFiniteNumberHasItsPlace() {
    double[] values = {
      1,
      -1,
      0.0,
      -0.0,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      Double.MIN_VALUE,
      -Double.MIN_VALUE,
      1e308,
      1e-308,
      -1e-310,
      Math.nextUp(1.0),
      Math.nextDown(-1.0),
      1,
      3e-5,
      -0.0
    };
    check(values);
    check(new double[] {7});
    check(new double[] {2, 2, 2});
  }

  @Test
  void ofAnyExponentAndWithTies() {
    UniformRandomProvider random = Oracle.stream(5);
    double[] values = new double[5000];
    Arrays.setAll(
        values,
        i ->
            i % 5 == 0
                ? random.nextInt(20) - 10
                : Math.scalb(random.nextDouble() - 0.5, random.nextInt(2000) - 1000));
    check(values);
  }

  /** Against the JDK's sort and search. */
  private static void check(double[] values) {
    double[] distinct = DoubleStream.of(values).map(v -> v + 0.0).distinct().sorted().toArray();
    int[] ranks = new int[values.length];
    Arrays.setAll(ranks, i -> Arrays.binarySearch(distinct, values[i] + 0.0));

    PooledOrder order = new PooledOrder(values, NONE);
    assertEquals(distinct.length, order.distinct());
    assertArrayEquals(ranks, order.toRanks());

    int half = values.length / 2;
    int[] runs =
        new PooledOrder(
                Arrays.copyOf(values, half), Arrays.copyOfRange(values, half, values.length))
            .toRunsOfEqual();
    int rank = 0;
    for (int run : runs) {
      int index = run < 0 ? ~run : run;
      assertEquals(rank, ranks[index]);
      rank += run < 0 ? 1 : 0;
    }
    assertEquals(distinct.length, rank);
    int[] indices = Arrays.stream(runs).map(run -> run < 0 ? ~run : run).sorted().toArray();
    for (int i = 0; i < indices.length; i++) {
      assertEquals(i, indices[i]);
    }
  }

  @Test
  void pointsAreOrderedByXThenYThenAsGiven() {
    UniformRandomProvider random = Oracle.stream(6);
    double[] x = new double[3000];
    double[] y = new double[3000];
    Arrays.setAll(x, i -> random.nextInt(40) - 20);
    Arrays.setAll(y, i -> i % 2 == 0 ? random.nextInt(5) : random.nextDouble());
    int[] expected =
        IntStream.range(0, 3000)
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> x[i]).thenComparingDouble(i -> y[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] order = PointOrder.ascending(x, y);
    assertArrayEquals(expected, order);
    assertArrayEquals(Arrays.stream(x).sorted().toArray(), PointOrder.inOrder(x, order));
    assertArrayEquals(new int[0], PointOrder.ascending(NONE, NONE));
  }
}
