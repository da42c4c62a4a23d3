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
 * statistics have: an {@code .npz} of {@code mu} and {@code sigma}.
 */
final class FeatureStatistics {

  private static final String MEAN = "mu";
  private static final String COVARIANCE = "sigma";

  private FeatureStatistics() {}

  /**
   * Reads a file.
   *
   * @throws UserException if it lacks one of the arrays, or they are no mean and covariance
   */
  static NormalFit read(Configuration hadoop, String option, String file) {
    Map<String, NpzNumbers> arrays =
        NpzNumbers.read(hadoop, option, file, List.of(MEAN, COVARIANCE));
    NpzNumbers mean = arrays.get(MEAN);
    NpzNumbers covariance = arrays.get(COVARIANCE);
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
          "mu has the shape %s and sigma %s".formatted(mean.shape(), covariance.shape()),
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
  static byte[] write(NormalFit fit) {
    int d = fit.mean().length;
    Map<String, NpzNumbers> arrays = new LinkedHashMap<>();
    arrays.put(MEAN, new NpzNumbers(List.of(d), fit.mean()));
    arrays.put(COVARIANCE, new NpzNumbers(List.of(d, d), fit.covariance()));
    return NpzNumbers.write(arrays);
  }
}
