package org.anomalyscore.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * What the network says of one image: C and V as means over independent draws, and how far other
 * draws would have moved them.
 *
 * @param complexity C of Eq. 1, radians in (0, pi]; NaN when degenerate
 * @param vulnerability V of Eq. 5, in units of the features, &gt;= 0
 * @param complexityError standard error of {@code complexity}, radians: the standard deviation over
 *     the R draws of the noise (R - 1 in the denominator) over the root of R; NaN with one draw
 * @param vulnerabilityError the same of {@code vulnerability}, over the draws of the attack's start
 * @param stepNorm mean length of a noise step in feature space
 * @param complexityFloor share of a step's length that a hundredth of the step already causes, in
 *     the first draw: about 0.01 where features are exact, towards 1 where a step measures rounding
 *     only, 0 where the module rounds the pixels
 * @param output M(x), and what else the card names
 * @param degenerate null, or why C, V or AS-i is not a number
 */
public record Measurement(
    double complexity,
    double vulnerability,
    double complexityError,
    double vulnerabilityError,
    double stepNorm,
    double complexityFloor,
    NetworkOutput output,
    String degenerate) {

  static final String NOT_FINITE = "the feature model returned a value that is not finite";

  /**
   * The mean over draws, number by number, so that AS-i is the mean V over the mean C. Degenerate
   * if a draw is.
   *
   * @param output M(x), and what else the card names
   * @param walks one a draw of the noise, at least 1; the first one's floor counts
   * @param attacks V of each draw of the attack's start, at least 1
   */
  static Measurement of(NetworkOutput output, List<Walk> walks, double[] attacks) {
    double[] complexities = numbers(walks, Walk::complexity);
    String degenerate =
        Arrays.stream(attacks).allMatch(Double::isFinite)
            ? walks.stream().map(Walk::degenerate).filter(Objects::nonNull).findFirst().orElse(null)
            : NOT_FINITE;
    return new Measurement(
        mean(complexities),
        mean(attacks),
        standardError(complexities),
        standardError(attacks),
        mean(numbers(walks, Walk::stepNorm)),
        walks.get(0).floor(),
        output,
        degenerate);
  }

  /** AS-i = V / C (Eq. 7), in units of the features a radian; NaN when degenerate. */
  public double asI() {
    return vulnerability / complexity;
  }

  /**
   * The standard error of AS-i by the delta method, the first-order propagation of error to a ratio
   * (W. G. Cochran, "Sampling Techniques", 3rd edition, 1977, section 6.3; there with a covariance,
   * which is 0 here, since the noise and the attack's start come from streams of different keys):
   *
   * <pre>se(V / C)² = (se(V) / C)² + (V · se(C) / C²)²</pre>
   *
   * @return &gt;= 0; NaN where C or V is of one draw, or the image is degenerate
   */
  public double asIError() {
    return Math.hypot(vulnerabilityError / complexity, asI() * (complexityError / complexity));
  }

  private static double[] numbers(List<Walk> walks, ToDoubleFunction<Walk> number) {
    return walks.stream().mapToDouble(number).toArray();
  }

  private static double mean(double[] draws) {
    double sum = 0;
    for (double draw : draws) {
      sum += draw;
    }
    return sum / draws.length;
  }

  /** Of the mean; 0 / 0 = NaN with one draw. */
  private static double standardError(double[] draws) {
    double mean = mean(draws);
    double squares = 0;
    for (double draw : draws) {
      squares += (draw - mean) * (draw - mean);
    }
    return Math.sqrt(squares / (draws.length - 1) / draws.length);
  }
}
