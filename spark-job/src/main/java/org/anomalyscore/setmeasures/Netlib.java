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
 * The few routines of BLAS and LAPACK that this room uses, on matrices stored by columns. Last
 * digits may differ with and without the JDK's vector module, which adds in another order.
 */
final class Netlib {

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
  }

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
    int least = Math.min(m, n);
    double[] values = new double[least];
    if (least == 0) {
      return values;
    }
    intW info = new intW(0);
    double[] size = new double[1];
    int[] integers = new int[8 * least];
    double[] none = new double[1];
    LAPACK_.dgesdd("N", m, n, a, m, values, none, 1, none, 1, size, -1, integers, info);
    // The length that is asked for is too short in LAPACK 3.1 for some shapes of this job.
    double[] work = new double[Math.max((int) size[0], 8 * Math.max(m, n) + 7 * least)];
    LAPACK_.dgesdd("N", m, n, a, m, values, none, 1, none, 1, work, work.length, integers, info);
    requireConverged("dgesdd", info);
    return values;
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
