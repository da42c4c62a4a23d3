package org.anomalyscore.evaluate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.setmeasures.NormalFit;
import org.anomalyscore.source.NpzNumbers;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;

/**
 * Mean and covariance of features in the file that pytorch-fid, clean-fid and ADM's reference
 * statistics have: an {@code .npz} of {@code mu} and {@code sigma}, and of a spatial layer {@code
 * mu_s} and {@code sigma_s}.
 *
 * @param spatial null where the file has none
 */
record FeatureStatistics(NormalFit features, NormalFit spatial) {

  private static final String MEAN = "mu";
  private static final String COVARIANCE = "sigma";
  private static final String SPATIAL = "_s";

  /**
   * Reads a file.
   *
   * @throws UserException if it lacks {@code mu} or {@code sigma}, or arrays are no mean and
   *     covariance
   */
  static FeatureStatistics read(Configuration hadoop, String option, String file) {
    Map<String, NpzNumbers> arrays =
        NpzNumbers.read(
            hadoop, option, file, List.of(MEAN, COVARIANCE, MEAN + SPATIAL, COVARIANCE + SPATIAL));
    boolean spatial =
        arrays.containsKey(MEAN + SPATIAL) && arrays.containsKey(COVARIANCE + SPATIAL);
    return new FeatureStatistics(
        normal(arrays, option, file, ""), spatial ? normal(arrays, option, file, SPATIAL) : null);
  }

  /**
   * @param ending of the arrays' names
   */
  private static NormalFit normal(
      Map<String, NpzNumbers> arrays, String option, String file, String ending) {
    NpzNumbers mean = arrays.get(MEAN + ending);
    NpzNumbers covariance = arrays.get(COVARIANCE + ending);
    if (mean == null || covariance == null) {
      throw refused(
          option,
          file,
          "it has no array '%s'".formatted(mean == null ? MEAN : COVARIANCE),
          "Give a file with both, as pytorch-fid --save-stats and the command statistics write it.");
    }
    int d = mean.values().length;
    if (d == 0 || mean.shape().size() != 1 || !covariance.shape().equals(List.of(d, d))) {
      throw refused(
          option,
          file,
          "mu%s has the shape %s and sigma%s %s"
              .formatted(ending, mean.shape(), ending, covariance.shape()),
          "A mean of d numbers and a covariance of d x d belong together.");
    }
    requireCovariance(option, file, mean.values(), covariance.values());
    return new NormalFit(mean.values(), covariance.values());
  }

  private static void requireCovariance(
      String option, String file, double[] mean, double[] covariance) {
    int d = mean.length;
    boolean finite =
        Arrays.stream(mean).allMatch(Double::isFinite)
            && Arrays.stream(covariance).allMatch(Double::isFinite);
    if (!finite) {
      throw refused(option, file, "it holds numbers that are not finite", "Compute it anew.");
    }
    double most = Arrays.stream(covariance).map(Math::abs).max().orElse(0);
    for (int i = 0; i < covariance.length; i++) {
      // float32 files are symmetric but for its rounding.
      if (Math.abs(covariance[i] - covariance[i % d * d + i / d]) > 1e-5 * most) {
        throw refused(option, file, "sigma is not symmetric", "A covariance is. Compute it anew.");
      }
    }
  }

  private static UserException refused(String option, String file, String why, String remedy) {
    return new UserException("Cannot use %s '%s': %s. %s".formatted(option, file, why, remedy));
  }

  /** The bytes of a file. */
  byte[] write() {
    Map<String, NpzNumbers> arrays = new LinkedHashMap<>();
    put(arrays, features, "");
    if (spatial != null) {
      put(arrays, spatial, SPATIAL);
    }
    return NpzNumbers.write(arrays);
  }

  private static void put(Map<String, NpzNumbers> arrays, NormalFit fit, String ending) {
    int d = fit.mean().length;
    arrays.put(MEAN + ending, new NpzNumbers(List.of(d), fit.mean()));
    arrays.put(COVARIANCE + ending, new NpzNumbers(List.of(d, d), fit.covariance()));
  }
}
