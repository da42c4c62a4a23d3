package org.anomalyscore.setmeasures;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import scala.Tuple2;

/**
 * A generated set beside a reference set, by feature vectors alone. Undefined numbers are NaN.
 *
 * <p>Balls are closed: an image at exactly the radius is inside, as Kynkäänniemi et al. 2019 (arXiv
 * 1904.06991, Eq. 1) write; the code of Naeem et al. leaves it out, which differs at ties only. The
 * radius of an image's ball is the distance to its k-th nearest other image of its own set.
 *
 * @param nReference images of the reference with features
 * @param n generated images with features
 * @param frechet see {@link FrechetDistance}; 0 or more up to rounding, squared units of features
 * @param frechetAtInfinity see {@link FrechetExtrapolation}; may be below 0
 * @param kernel see {@link KernelDistance}
 * @param gaussian see {@link GaussianDistance}
 * @param sliced see {@link SlicedWasserstein}
 * @param diversity of the generated set
 * @param referenceDiversity of the reference, to be compared with
 * @param precision share of generated images that are in a ball of the reference, k = 3
 *     (Kynkäänniemi, Eq. 2); the standard error is the binomial one of these n images, as of all
 *     that follow, with the other set's balls taken as given
 * @param recall share of the reference's images that are in a ball of a generated image, k = 3
 *     (same equation); binomial over the reference's images
 * @param density mean number of the reference's balls that a generated image is in, over k = 5
 *     (Naeem et al. 2020, arXiv 2002.09797, Eq. 3); 1 is expected of equal sets
 * @param coverage share of the reference's images whose ball holds a generated image, k = 5 (same,
 *     Eq. 4); binomial over the reference's images
 * @param realism of each generated image, in order of {@code image_id} and path (Kynkäänniemi, Eq.
 *     3, k = 3): the largest ratio of a reference image's radius to the distance from it, over the
 *     reference's images whose radius is not above the median; NaN for the copy of one of these,
 *     whose ratio would be infinite. One whose radius is 0, as that of an image that the reference
 *     holds four times, gives its copy no ratio (0 to 0), and the others' count
 * @param rarity of each generated image (Han et al. 2023, arXiv 2206.08549, Eq. 1, k = 3): the
 *     smallest radius of a ball of the reference that it is in; NaN where it is in none
 */
public record SetMeasures(
    int nReference,
    int n,
    Estimate frechet,
    Estimate frechetAtInfinity,
    Estimate kernel,
    Estimate gaussian,
    Estimate sliced,
    Diversity diversity,
    Diversity referenceDiversity,
    Mean precision,
    Mean recall,
    Mean density,
    Mean coverage,
    double[] realism,
    double[] rarity) {

  /** A mean over images and its standard error, both NaN where undefined. */
  public record Mean(double value, double standardError) {

    private Estimate estimate() {
      return new Estimate(value, standardError);
    }

    private static final Mean UNDEFINED = new Mean(Double.NaN, Double.NaN);

    /** Of whole numbers, each over {@code divisor}; sums are exact. */
    private static Mean of(int[] values, int divisor) {
      long sum = 0;
      long squares = 0;
      for (int value : values) {
        sum += value;
        squares += (long) value * value;
      }
      double n = values.length;
      double mean = sum / n;
      return new Mean(
          mean / divisor, Math.sqrt(Math.max(0, squares / n - mean * mean) / n) / divisor);
    }
  }

  /** The measures of the two sets, by the names of their columns. */
  public Map<String, Estimate> byName() {
    Map<String, Estimate> measures = new LinkedHashMap<>();
    measures.put("frechet_distance", frechet);
    measures.put("kernel_distance", kernel);
    measures.put("precision", precision.estimate());
    measures.put("recall", recall.estimate());
    measures.put("density", density.estimate());
    measures.put("coverage", coverage.estimate());
    measures.put("frechet_distance_infinity", frechetAtInfinity);
    measures.put("gaussian_distance", gaussian);
    measures.put("sliced_wasserstein", sliced);
    measures.put("vendi_score", diversity.vendi());
    measures.put("reference_vendi_score", referenceDiversity.vendi());
    measures.put("rke", diversity.rke());
    measures.put("reference_rke", referenceDiversity.rke());
    return measures;
  }

  /**
   * Compares two sets of features of one model.
   *
   * @param seed of the subsets of the kernel distance, and of the directions of the sliced
   *     Wasserstein distance
   */
  public static SetMeasures of(FeatureSet reference, FeatureSet generated, long seed) {
    int n = generated.size();
    if (n > 0 && reference.size() > 0 && reference.dimension() != generated.dimension()) {
      throw new IllegalArgumentException(
          "features of " + reference.dimension() + " and " + generated.dimension() + " dimensions");
    }
    boolean balls = reference.size() > Neighbours.MANIFOLD_K && n > 0;
    boolean densityBalls = reference.size() > Neighbours.DENSITY_K && n > 0;
    boolean generatedBalls = n > Neighbours.MANIFOLD_K && reference.size() > 0;
    double[] realism = undefined(n);
    double[] rarity = undefined(n);
    Mean precision = Mean.UNDEFINED;
    Mean recall = Mean.UNDEFINED;
    Mean density = Mean.UNDEFINED;
    Mean coverage = Mean.UNDEFINED;
    if (balls || generatedBalls) {
      double[] radius = Neighbours.radius(reference.radii(), Neighbours.MANIFOLD_K);
      Tuple2<Neighbours.Found, Neighbours.Found> found =
          Neighbours.find(
              reference,
              generated,
              new Neighbours.Balls(
                  radius,
                  Neighbours.radius(reference.radii(), Neighbours.DENSITY_K),
                  Neighbours.radius(generated.radii(), Neighbours.MANIFOLD_K),
                  smallerHalf(radius)));
      if (balls) {
        precision = Mean.of(found._2().inManifold(), 1);
        realism = roots(found._2().realism());
        rarity = roots(found._2().rarity());
      }
      if (generatedBalls) {
        recall = Mean.of(found._1().inManifold(), 1);
      }
      if (densityBalls) {
        density = Mean.of(found._2().inDensity(), Neighbours.DENSITY_K);
        int[] covered = found._1().inDensity().clone();
        Arrays.setAll(covered, i -> Math.min(1, covered[i]));
        coverage = Mean.of(covered, 1);
      }
    }
    Estimate frechet = FrechetDistance.between(reference, generated);
    return new SetMeasures(
        reference.size(),
        n,
        frechet,
        FrechetExtrapolation.between(reference, generated, frechet),
        KernelDistance.between(reference, generated, seed),
        GaussianDistance.between(reference, generated),
        SlicedWasserstein.between(reference, generated, seed),
        generated.diversity(),
        reference.diversity(),
        precision,
        recall,
        density,
        coverage,
        realism,
        rarity);
  }

  /** Without the radii above the median: a lone image's ball is large and says little. */
  private static double[] smallerHalf(double[] radius) {
    double[] sorted = radius.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    // Of an even number the mean of both in the middle, of distances and not of their squares.
    double low = Math.sqrt(sorted[(n - 1) / 2]);
    double high = Math.sqrt(sorted[n / 2]);
    double median = (low + high) / 2;
    double[] half = radius.clone();
    Arrays.setAll(half, i -> Math.sqrt(half[i]) <= median ? half[i] : Double.NaN);
    return half;
  }

  private static double[] undefined(int n) {
    double[] values = new double[n];
    Arrays.fill(values, Double.NaN);
    return values;
  }

  /** NaN for what is infinite. */
  private static double[] roots(double[] squares) {
    double[] roots = new double[squares.length];
    Arrays.setAll(roots, i -> Double.isInfinite(squares[i]) ? Double.NaN : Math.sqrt(squares[i]));
    return roots;
  }
}
