package org.anomalyscore.setmeasures;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import dev.ludovic.netlib.lapack.JavaLAPACK;
import dev.ludovic.netlib.lapack.LAPACK;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.netlib.util.intW;

/**
 * The few routines of BLAS and LAPACK that this project uses, on matrices stored by columns. Last
 * digits may differ with and without the JDK's vector module, which adds in another order.
 */
public final class Netlib {

  // Held, or the settings of loggers would be collected. Both warn that there is no native library,
  // which is not wanted anyway.
  private static final List<Logger> QUIET =
      List.of(
          Logger.getLogger("dev.ludovic.netlib.blas.InstanceBuilder"),
          Logger.getLogger("dev.ludovic.netlib.lapack.InstanceBuilder"));

  private static final BLAS BLAS_;
  private static final LAPACK LAPACK_;

  static {
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
    BLAS_ = JavaBLAS.getInstance();
    LAPACK_ = JavaLAPACK.getInstance();
    // LAPACK in Java finds the machine's constants at the first call and keeps them in static
    // fields without a lock: of tasks that began together, some would read them before they are
    // there. A class is initialised by one thread.
    double unused = LAPACK_.dlamch("E");
  }

  /**
   * A matrix of {@code m × n} as left · diagonal of the values · right, with r = min(m, n).
   *
   * @param left {@code m × r} with orthonormal columns
   * @param values r singular values, descending
   * @param right {@code r × n} with orthonormal rows
   */
  // The arrays are the content, and decompositions are never compared or used as keys.
  @SuppressWarnings("ArrayRecordComponent")
  public record Decomposition(double[] left, double[] values, double[] right) {}

  private Netlib() {}

  /** aᵀ·b for a of {@code k × m} and b of {@code k × n}: {@code m × n}. */
  static double[] transposedTimes(double[] a, double[] b, int m, int n, int k) {
    double[] c = new double[m * n];
    if (c.length == 0) {
      return c;
    }
    BLAS_.dgemm("T", "N", m, n, k, 1, a, k, b, k, 0, c, m);
    return c;
  }

  /** a·b for a of {@code m × k} and b of {@code k × n}: {@code m × n}. */
  static double[] times(double[] a, double[] b, int m, int n, int k) {
    double[] c = new double[m * n];
    if (c.length == 0) {
      return c;
    }
    BLAS_.dgemm("N", "N", m, n, k, 1, a, m, b, k, 0, c, m);
    return c;
  }

  /** a·aᵀ for a of {@code m × k}: {@code m × m}. */
  static double[] timesTransposed(double[] a, int m, int k) {
    double[] c = new double[m * m];
    BLAS_.dgemm("N", "T", m, m, k, 1, a, m, a, m, 0, c, m);
    return c;
  }

  /**
   * Eigenvalues of a symmetric matrix, ascending.
   *
   * @param a {@code n × n}; becomes the eigenvectors, by columns, if they are wanted, and is
   *     destroyed if not
   */
  static double[] eigenvalues(double[] a, int n, boolean vectors) {
    double[] values = new double[n];
    if (n == 0) {
      return values;
    }
    intW info = new intW(0);
    double[] size = new double[1];
    String job = vectors ? "V" : "N";
    LAPACK_.dsyev(job, "U", n, a, n, values, size, -1, info);
    double[] work = new double[(int) size[0]];
    LAPACK_.dsyev(job, "U", n, a, n, values, work, work.length, info);
    requireConverged("dsyev", info);
    return values;
  }

  /** Singular values of a matrix of {@code m × n}, which is destroyed. */
  static double[] singularValues(double[] a, int m, int n) {
    double[] values = new double[Math.min(m, n)];
    if (values.length > 0) {
      decompose("N", a, m, n, values, new double[1], 1, new double[1], 1);
    }
    return values;
  }

  /** The singular value decomposition of a matrix of {@code m × n}, which may be destroyed. */
  public static Decomposition decompose(double[] a, int m, int n) {
    if (m > n) {
      // Else the netlib of Spark 4.2 wants room for m × m left vectors, where m × n are asked for.
      Decomposition turned = decompose(transposed(a, m, n), n, m);
      return new Decomposition(
          transposed(turned.right(), n, m), turned.values(), transposed(turned.left(), n, n));
    }
    int least = Math.min(m, n);
    double[] values = new double[least];
    double[] left = new double[m * least];
    double[] right = new double[least * n];
    if (least > 0) {
      decompose("S", a, m, n, values, left, m, right, least);
    }
    return new Decomposition(left, values, right);
  }

  private static void decompose(
      String job,
      double[] a,
      int m,
      int n,
      double[] values,
      double[] left,
      int leftRows,
      double[] right,
      int rightRows) {
    int count = values.length;
    intW info = new intW(0);
    double[] size = new double[1];
    int[] integers = new int[8 * count];
    LAPACK_.dgesdd(
        job, m, n, a, m, values, left, leftRows, right, rightRows, size, -1, integers, info);
    // The length that the routine asks for is too short in LAPACK 3.1 for some shapes of job N; for
    // the other its documentation names this one.
    int longer = Math.max(m, n);
    int least =
        job.equals("N")
            ? 8 * longer + 7 * count
            : 3 * count * count + Math.max(longer, 4 * count * (count + 1));
    double[] work = new double[Math.max((int) size[0], least)];
    LAPACK_.dgesdd(
        job,
        m,
        n,
        a,
        m,
        values,
        left,
        leftRows,
        right,
        rightRows,
        work,
        work.length,
        integers,
        info);
    requireConverged("dgesdd", info);
  }

  /** The {@code n × m} transpose of a matrix of {@code m × n}. */
  private static double[] transposed(double[] a, int m, int n) {
    double[] turned = new double[a.length];
    for (int j = 0; j < n; j++) {
      for (int i = 0; i < m; i++) {
        turned[i * n + j] = a[j * m + i];
      }
    }
    return turned;
  }

  /** Floats as doubles, which the products need. */
  static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  private static void requireConverged(String routine, intW info) {
    if (info.val != 0) {
      throw new ArithmeticException("LAPACK's " + routine + " failed with info " + info.val);
    }
  }
}
