package org.anomalyscore.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.NoiseStream;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.stats.Correlation;

/**
 * Which parts of an image its vulnerability comes from.
 *
 * <p>After Fig. 4 and Appendix D of "Anomaly Score" (arXiv 2312.10634): trials attack a few random
 * super-pixels only, and a linear regression finds how much each adds to the change of the
 * features. The change is the L2 distance ‖M(a_J) − M(x)‖₂ of Eq. 5, so that a coefficient has the
 * unit of V.
 *
 * @param coefficients mean over seeds, one a super-pixel
 * @param deviations standard deviation over seeds (divided by seeds − 1); null for one seed
 * @param intercept mean over seeds
 * @param rSquared mean over seeds
 * @param penalty mean over seeds; 0 for least squares
 * @param rankCorrelation Spearman's, of the coefficients of two seeds, mean over all pairs of
 *     seeds: 1 where each seed ranks alike, about 0 where the ranking is chance. NaN for one seed,
 *     or where a seed gives all super-pixels one coefficient
 */
// The arrays are the content, and results are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
record Attribution(
    double[] coefficients,
    double[] deviations,
    double intercept,
    double rSquared,
    double penalty,
    double rankCorrelation) {

  /**
   * Attacks and regresses.
   *
   * @param seed the first; further ones count up from it
   * @return null where a trial moved the features to no finite place, or none moved them at all
   */
  static Attribution of(
      ScorePredictor predictor,
      InputImage input,
      SuperPixels pieces,
      AttributionParameters parameters,
      long seed) {
    List<TrialRegression> regressions = new ArrayList<>();
    for (int r = 0; r < parameters.seeds(); r++) {
      NoiseStream stream =
          new NoiseStream(NoiseStream.Purpose.SUPERPIXEL_TRIALS, seed + r, input.imageId());
      boolean[][] attacked = SuperPixelTrials.of(stream, parameters.trials(), pieces.count());
      List<boolean[]> masks = Arrays.stream(attacked).map(pieces::mask).toList();
      double[] moved = predictor.vulnerabilities(input, seed + r, masks);
      if (!Arrays.stream(moved).allMatch(Double::isFinite)
          || Arrays.stream(moved).allMatch(v -> v == 0)) {
        return null;
      }
      regressions.add(
          switch (parameters.regression()) {
            case RIDGE -> TrialRegression.ridge(attacked, moved);
            case LEAST_NORM -> TrialRegression.leastNorm(attacked, moved);
          });
    }
    return mean(regressions);
  }

  /** What the regressions of several seeds say together. */
  static Attribution mean(List<TrialRegression> seeds) {
    int count = seeds.get(0).coefficients().length;
    double[] means = new double[count];
    double[] deviations = seeds.size() == 1 ? null : new double[count];
    for (int p = 0; p < count; p++) {
      int piece = p;
      double[] values = seeds.stream().mapToDouble(s -> s.coefficients()[piece]).toArray();
      double mean = Arrays.stream(values).average().orElseThrow();
      means[p] = mean;
      if (deviations != null) {
        double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
        deviations[p] = Math.sqrt(squares / (values.length - 1));
      }
    }
    return new Attribution(
        means,
        deviations,
        seeds.stream().mapToDouble(TrialRegression::intercept).average().orElseThrow(),
        seeds.stream().mapToDouble(TrialRegression::rSquared).average().orElseThrow(),
        seeds.stream().mapToDouble(TrialRegression::penalty).average().orElseThrow(),
        rankCorrelation(seeds));
  }

  private static double rankCorrelation(List<TrialRegression> seeds) {
    double sum = 0;
    int pairs = 0;
    for (int a = 0; a < seeds.size(); a++) {
      for (int b = a + 1; b < seeds.size(); b++, pairs++) {
        // The one permutation is for a p-value that is not used.
        sum +=
            Correlation.of(seeds.get(a).coefficients(), seeds.get(b).coefficients(), 1, 0)
                .spearman();
      }
    }
    return sum / pairs;
  }

  /** The rank of each super-pixel: 1 has the largest coefficient; of equals the first. */
  int[] ranks() {
    int[] ranks = new int[coefficients.length];
    int next = 1;
    for (int piece :
        IntStream.range(0, ranks.length)
            .boxed()
            .sorted(Comparator.comparingDouble(p -> -coefficients[p]))
            .toList()) {
      ranks[piece] = next++;
    }
    return ranks;
  }
}
