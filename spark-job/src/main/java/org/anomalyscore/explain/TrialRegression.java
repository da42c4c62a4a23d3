package org.anomalyscore.explain;

import java.util.Arrays;
import org.anomalyscore.setmeasures.Netlib;

/**
 * Linear regression of what trials measured on what they attacked: y_t = intercept + sum of the
 * coefficients of the attacked super-pixels + error.
 *
 * <p>Ridge regression (Hoerl and Kennard 1970, doi 10.1080/00401706.1970.10488634) minimises the
 * sum of the squared errors plus penalty times the sum of the squared coefficients; the intercept
 * is not penalised. The columns are 0 or 1 all, so that none is scaled.
 *
 * @param coefficients one a super-pixel, in units of y; 0 of one that no trial, or every trial,
 *     attacked
 * @param intercept what is measured where nothing is attacked, by the line
 * @param penalty of ridge regression; 0 for least squares
 * @param rSquared the share of y's variance that the line explains; NaN where y is constant
 */
// The array is the content, and results are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
record TrialRegression(double[] coefficients, double intercept, double penalty, double rSquared) {

  /** Penalties that are tried, as powers of ten of the largest squared singular value. */
  private static final double GREATEST_POWER = 2;

  private static final double LEAST_POWER = -6;
  private static final double POWER_STEP = 0.25;

  /**
   * Ridge regression with the penalty that has the smallest generalised cross-validation (Golub,
   * Heath and Wahba 1979, doi 10.1080/00401706.1979.10489751, Eq. 1.4): mean squared error / (1 −
   * degrees of freedom / trials)². Tried are the powers of ten from 1e2 to 1e-6 in quarters, times
   * the largest squared singular value of the centred design; of equals the largest is taken.
   *
   * @param attacked [trial][super-pixel], at least one trial
   * @param y one finite value a trial
   */
  static TrialRegression ridge(boolean[][] attacked, double[] y) {
    Decomposed design = new Decomposed(attacked, y);
    double best = Double.POSITIVE_INFINITY;
    double penalty = 0;
    double largest = design.singular[0] * design.singular[0];
    int steps = (int) Math.round((GREATEST_POWER - LEAST_POWER) / POWER_STEP);
    for (int i = 0; i <= steps && largest > 0; i++) {
      double tried = largest * Math.pow(10, GREATEST_POWER - i * POWER_STEP);
      double criterion = design.crossValidation(tried);
      if (criterion < best) {
        best = criterion;
        penalty = tried;
      }
    }
    return design.solve(penalty);
  }

  /** Ridge regression with a given penalty above 0; arguments as above. */
  static TrialRegression ridge(boolean[][] attacked, double[] y, double penalty) {
    return new Decomposed(attacked, y).solve(penalty);
  }

  /**
   * Least squares; where trials do not determine it, the solution with the shortest vector of
   * coefficients. Arguments as above.
   */
  static TrialRegression leastNorm(boolean[][] attacked, double[] y) {
    return new Decomposed(attacked, y).solve(0);
  }

  /** The singular value decomposition of the centred design, and y in its terms. */
  private static final class Decomposed {

    private final int trials;
    private final double[] columnMeans;
    private final double meanY;
    private final double[] singular;

    /** Right singular vectors, one a row; stored by columns. */
    private final double[] right;

    /** Y's coordinates along the left singular vectors. */
    private final double[] along;

    private final double totalSquares;

    /** Squares of y outside all left singular vectors: no coefficients explain it. */
    private final double outsideSquares;

    /** Singular values up to this are rounding, as in NumPy's lstsq. */
    private final double rounding;

    Decomposed(boolean[][] attacked, double[] y) {
      trials = y.length;
      int count = attacked[0].length;
      columnMeans = new double[count];
      for (boolean[] trial : attacked) {
        for (int p = 0; p < count; p++) {
          columnMeans[p] += trial[p] ? 1.0 / trials : 0;
        }
      }
      double[] centred = new double[trials * count];
      for (int t = 0; t < trials; t++) {
        for (int p = 0; p < count; p++) {
          centred[p * trials + t] = (attacked[t][p] ? 1 : 0) - columnMeans[p];
        }
      }
      meanY = Arrays.stream(y).average().orElseThrow();
      double[] centredY = Arrays.stream(y).map(value -> value - meanY).toArray();
      Netlib.Decomposition design = Netlib.decompose(centred, trials, count);
      singular = design.values();
      right = design.right();
      along = new double[singular.length];
      for (int i = 0; i < along.length; i++) {
        for (int t = 0; t < trials; t++) {
          along[i] += design.left()[i * trials + t] * centredY[t];
        }
      }
      totalSquares = squares(centredY);
      rounding = singular[0] * Math.ulp(1.0) * Math.max(trials, count);
      double inside = 0;
      for (int i = 0; i < singular.length; i++) {
        inside += singular[i] > rounding ? along[i] * along[i] : 0;
      }
      outsideSquares = Math.max(0, totalSquares - inside);
    }

    private static double squares(double[] values) {
      return Arrays.stream(values).map(value -> value * value).sum();
    }

    /** What of direction i the penalty leaves, from 0 to 1. */
    private double kept(int i, double penalty) {
      double square = singular[i] * singular[i];
      return singular[i] > rounding ? square / (square + penalty) : 0;
    }

    private double errorSquares(double penalty) {
      double sum = outsideSquares;
      for (int i = 0; i < singular.length; i++) {
        if (singular[i] > rounding) {
          double error = (1 - kept(i, penalty)) * along[i];
          sum += error * error;
        }
      }
      return sum;
    }

    double crossValidation(double penalty) {
      double freedom = 1; // the intercept
      for (int i = 0; i < singular.length; i++) {
        freedom += kept(i, penalty);
      }
      double left = 1 - freedom / trials;
      return errorSquares(penalty) / trials / (left * left);
    }

    TrialRegression solve(double penalty) {
      double[] coefficients = new double[columnMeans.length];
      for (int i = 0; i < singular.length; i++) {
        if (singular[i] > rounding) {
          double weight = kept(i, penalty) * along[i] / singular[i];
          for (int p = 0; p < coefficients.length; p++) {
            coefficients[p] += weight * right[p * singular.length + i];
          }
        }
      }
      double intercept = meanY;
      for (int p = 0; p < coefficients.length; p++) {
        intercept -= coefficients[p] * columnMeans[p];
      }
      return new TrialRegression(
          coefficients,
          intercept,
          penalty,
          totalSquares == 0 ? Double.NaN : 1 - errorSquares(penalty) / totalSquares);
    }
  }
}
