package org.anomalyscore.measure;

import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * What the network says of one image.
 *
 * @param complexity C of Eq. 1, radians in (0, pi]; NaN when degenerate
 * @param vulnerability V of Eq. 5, in units of the features, &gt;= 0
 * @param stepNorm mean length of a noise step in feature space
 * @param complexityFloor share of a step's length that a hundredth of the step already causes:
 *     about 0.01 where features are exact, towards 1 where a step measures rounding only, 0 where
 *     the module rounds the pixels
 * @param features M(x), one vector
 * @param degenerate null, or why C, V or AS-i is not a number
 */
public record Measurement(
    double complexity,
    double vulnerability,
    double stepNorm,
    double complexityFloor,
    double[] features,
    String degenerate) {

  /** Measures one image from its features. */
  static Measurement of(double[][] noisePath, double[] nearby, double[] attacked) {
    double[] clean = noisePath[0];
    double complexity = FeaturePath.complexity(noisePath);
    double vulnerability = FeaturePath.distance(clean, attacked);
    double stepNorm = FeaturePath.meanStepNorm(noisePath);
    double floor = FeaturePath.distance(clean, nearby) / stepNorm;
    return new Measurement(
        complexity,
        vulnerability,
        stepNorm,
        floor,
        clean,
        degeneracy(complexity, vulnerability, stepNorm, noisePath));
  }

  /**
   * The mean over draws of the noise, number by number, so that AS-i is the mean V over the mean C.
   * Degenerate if a draw is.
   *
   * @param draws measurements of one image, at least 1; the features are the first one's
   */
  static Measurement mean(List<Measurement> draws) {
    return new Measurement(
        mean(draws, Measurement::complexity),
        mean(draws, Measurement::vulnerability),
        mean(draws, Measurement::stepNorm),
        mean(draws, Measurement::complexityFloor),
        draws.get(0).features,
        draws.stream()
            .map(Measurement::degenerate)
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null));
  }

  private static double mean(List<Measurement> draws, ToDoubleFunction<Measurement> number) {
    double sum = 0;
    for (Measurement draw : draws) {
      sum += number.applyAsDouble(draw);
    }
    return sum / draws.size();
  }

  private static String degeneracy(double c, double v, double stepNorm, double[][] path) {
    if (!Double.isFinite(stepNorm) || !Double.isFinite(v)) {
      return "the feature model returned a value that is not finite";
    }
    for (int k = 0; k + 1 < path.length; k++) {
      if (FeaturePath.distance(path[k], path[k + 1]) == 0) {
        return "noise step " + (k + 1) + " does not change the features, so it has no direction";
      }
    }
    if (!(c > 0)) {
      return "complexity is " + c + ", so AS-i = V / C is undefined";
    }
    return null;
  }
}
