package org.anomalyscore.measure;

/**
 * What one draw of the noise direction says of an image.
 *
 * @param complexity C of Eq. 1 along this direction, radians in [0, pi]; NaN when degenerate
 * @param stepNorm mean length of a noise step in feature space
 * @param floor share of a step's length that a hundredth of the step already causes; NaN where that
 *     was not looked at
 * @param degenerate null, or why the direction has no C
 */
record Walk(double complexity, double stepNorm, double floor, String degenerate) {

  /**
   * Measures one walk from its features.
   *
   * @param path K + 1 feature vectors, the first that of the image
   * @param nearby features after a small part of the first step; null where the floor is not looked
   *     at
   */
  static Walk of(double[][] path, double[] nearby) {
    double complexity = FeaturePath.complexity(path);
    double stepNorm = FeaturePath.meanStepNorm(path);
    double floor = nearby == null ? Double.NaN : FeaturePath.distance(path[0], nearby) / stepNorm;
    return new Walk(complexity, stepNorm, floor, degeneracy(complexity, stepNorm, path));
  }

  private static String degeneracy(double complexity, double stepNorm, double[][] path) {
    if (!Double.isFinite(stepNorm)) {
      return Measurement.NOT_FINITE;
    }
    for (int k = 0; k + 1 < path.length; k++) {
      if (FeaturePath.distance(path[k], path[k + 1]) == 0) {
        return "noise step " + (k + 1) + " does not change the features, so it has no direction";
      }
    }
    return complexity > 0 ? null : "complexity is " + complexity + ", so AS-i = V / C is undefined";
  }
}
