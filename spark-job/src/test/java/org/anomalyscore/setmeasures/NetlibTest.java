package org.anomalyscore.setmeasures;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetlibTest {

  private static double[] random(int m, int n) {
    return new Random(m * 1000L + n).doubles((long) m * n, -1, 1).toArray();
  }

  /** What defines the decomposition, in shapes with more rows, more columns and one of either. */
  @ParameterizedTest
  @CsvSource({"1, 1", "5, 1", "1, 5", "4, 4", "80, 20", "12, 20", "7, 60", "60, 7"})
  void factorsAreOrthonormalAndGiveTheMatrix(int m, int n) {
    double[] a = random(m, n);
    Netlib.Decomposition svd = Netlib.decompose(a.clone(), m, n);
    int r = Math.min(m, n);
    double[] identity = new double[r * r];
    for (int i = 0; i < r; i++) {
      identity[i * r + i] = 1;
      assertTrue(i == 0 || svd.values()[i] <= svd.values()[i - 1]);
    }
    assertArrayEquals(
        identity, Netlib.transposedTimes(svd.left(), svd.left(), r, r, m), 1e-13, "left");
    assertArrayEquals(identity, Netlib.timesTransposed(svd.right(), r, n), 1e-13, "right");
    double[] scaled = svd.left().clone();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= svd.values()[i / m];
    }
    assertArrayEquals(a, Netlib.times(scaled, svd.right(), m, n, r), 1e-12);
    assertArrayEquals(svd.values(), Netlib.singularValues(a.clone(), m, n), 1e-13);
  }

  @Test
  void aMatrixOfZerosHasNoSingularValueAboveZero() {
    assertArrayEquals(new double[2], Netlib.decompose(new double[6], 3, 2).values());
    assertEquals(0, Netlib.decompose(new double[0], 0, 2).values().length);
  }
}
