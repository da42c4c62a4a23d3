package org.anomalyscore.sweep;

import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.anomalyscore.stats.AnomalyScore;

/**
 * The images of one data set under all runs of a sweep.
 *
 * @param complexity [run][image] C, radians; NaN where that run gives the image no score
 * @param vulnerability [run][image] V; NaN in the same places
 * @param complexityFloor [run][image]; NaN in the same places
 */
public record SweptSet(
    String dataset, double[][] complexity, double[][] vulnerability, double[][] complexityFloor) {

  /** The images that a run has a score of. */
  Run run(int run) {
    int[] defined =
        IntStream.range(0, complexity[run].length)
            .filter(image -> !Double.isNaN(complexity[run][image]))
            .toArray();
    return new Run(
        pick(complexity[run], defined),
        pick(vulnerability[run], defined),
        pick(complexityFloor[run], defined));
  }

  /** One run's images. */
  record Run(double[] complexity, double[] vulnerability, double[] complexityFloor) {}

  private static double[] pick(double[] values, int[] images) {
    return IntStream.of(images).mapToDouble(image -> values[image]).toArray();
  }

  /**
   * How far the seed alone moves C of an image: the root mean square, over images, of the standard
   * deviation over seeds (n - 1 in the denominator) relative to the mean over seeds. With {@code
   * --draws R} it falls by the root of R.
   *
   * @param runs of one setting, a seed each
   * @return NaN with one seed, or where no image has a score under every seed
   */
  double seedDeviationOfComplexity(int[] runs) {
    return seedDeviation(runs, (run, image) -> complexity[run][image]);
  }

  /** The same of V. */
  double seedDeviationOfVulnerability(int[] runs) {
    return seedDeviation(runs, (run, image) -> vulnerability[run][image]);
  }

  /** The same of AS-i = V / C (Eq. 7). */
  double seedDeviationOfAsI(int[] runs) {
    return seedDeviation(
        runs,
        (run, image) -> AnomalyScore.perImage(complexity[run][image], vulnerability[run][image]));
  }

  private interface Value {
    double of(int run, int image);
  }

  private double seedDeviation(int[] runs, Value value) {
    double sum = 0;
    int images = 0;
    for (int i = 0; i < complexity[runs[0]].length; i++) {
      int image = i;
      double[] seeds = IntStream.of(runs).mapToDouble(run -> value.of(run, image)).toArray();
      double mean = DoubleStream.of(seeds).sum() / seeds.length;
      double squares = DoubleStream.of(seeds).map(v -> (v - mean) * (v - mean)).sum();
      // Not finite with one seed (0 / 0), without a score (NaN), or where V is 0 under every seed.
      double relative = squares / (seeds.length - 1) / (mean * mean);
      if (Double.isFinite(relative)) {
        sum += relative;
        images++;
      }
    }
    return Math.sqrt(sum / images);
  }
}
