package org.anomalyscore.setmeasures;

import java.util.Comparator;
import java.util.List;
import org.anomalyscore.stats.Jackknife;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Fréchet distance between the normal distributions of both sets' means and covariances, squared as
 * is usual: ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁Σ₂)^½) (Dowson and Landau 1982,
 * doi:10.1016/0047-259X(82)90077-X, Eq. 4; Heusel et al. 2017, arXiv 1706.08500, Eq. 6). It is FID
 * where the features are those of Inception-v3. Covariances are unbiased (n − 1).
 *
 * <p>With Σ = F·Fᵀ the trace of the root is the sum of the singular values of F₁ᵀF₂. Eigenvalues of
 * Σ below rounding are left out of F, so that the sum is exact also where there are fewer rows than
 * dimensions; a root of the product of both matrices would make a rounding error of 1e-16 into one
 * of 1e-8, once a missing dimension.
 */
public final class FrechetDistance {

  private FrechetDistance() {}

  /**
   * The distance.
   *
   * @return NaN if a set has fewer than two rows. The error is by the delete-a-group jackknife over
   *     both sets' groups; NaN if a set has fewer than three rows. It is the spread, not the bias,
   *     by which small sets lie further apart.
   */
  public static Estimate between(FeatureSet a, FeatureSet b) {
    if (a.size() < 2 || b.size() < 2) {
      return Estimate.UNDEFINED;
    }
    double[] factorA = a.factor();
    double[] factorB = b.factor();
    double value = distance(a.moments(), factorA, b.moments(), factorB);
    if (a.size() < 3 || b.size() < 3) {
      return new Estimate(value, Double.NaN);
    }
    return new Estimate(
        value, Math.sqrt(variance(a, b.moments(), factorB) + variance(b, a.moments(), factorA)));
  }

  /**
   * The distance of a set to a distribution of which no images are at hand.
   *
   * @return NaN if the set has fewer than two images. The error is that of {@link #between}, over
   *     the groups of the set alone: the distribution is taken as given
   */
  public static Estimate fromStatistics(NormalFit reference, FeatureSet set) {
    if (set.size() < 2) {
      return Estimate.UNDEFINED;
    }
    Moments moments = reference.moments();
    double[] factor = factor(moments);
    return new Estimate(
        distance(moments, factor, set.moments(), set.factor()),
        set.size() < 3 ? Double.NaN : Math.sqrt(variance(set, moments, factor)));
  }

  /** Of the distance to a fixed set, over the groups of the other. */
  private static double variance(FeatureSet set, Moments fixed, double[] factor) {
    JavaRDD<Moments> groups = set.groupMoments();
    Broadcast<List<Object>> shared =
        JavaSparkContext.fromSparkContext(groups.context())
            .broadcast(List.of(set.moments(), fixed, factor));
    double[] without =
        groups
            .map(
                group ->
                    new Tuple2<>(
                        group.group(),
                        distance(
                            ((Moments) shared.value().get(0)).without(group),
                            (Moments) shared.value().get(1),
                            (double[]) shared.value().get(2))))
            .collect()
            .stream()
            .sorted(Comparator.comparing(Tuple2::_1))
            .mapToDouble(Tuple2::_2)
            .toArray();
    shared.destroy();
    return Jackknife.variance(without);
  }

  static double distance(Moments a, double[] factorA, Moments b, double[] factorB) {
    int d = a.mean().length;
    int rankA = factorA.length / d;
    int rankB = factorB.length / d;
    double root = 0;
    for (double singular :
        Netlib.singularValues(
            Netlib.transposedTimes(factorA, factorB, rankA, rankB, d), rankA, rankB)) {
      root += singular;
    }
    return withoutRoot(a, b) - 2 * root;
  }

  /**
   * The same by the roots of the eigenvalues of FᵀΣF, which is faster and enough for the spread:
   * its rounding of 1e-8 is the same in all that are compared.
   */
  static double distance(Moments a, Moments b, double[] factorB) {
    int d = a.mean().length;
    int rank = factorB.length / d;
    double[] half = Netlib.times(a.covariance(), factorB, d, rank, d);
    double root = 0;
    for (double value :
        Netlib.eigenvalues(Netlib.transposedTimes(factorB, half, rank, rank, d), rank, false)) {
      root += Math.sqrt(Math.max(0, value));
    }
    return withoutRoot(a, b) - 2 * root;
  }

  private static double withoutRoot(Moments a, Moments b) {
    int d = a.mean().length;
    double sum = 0;
    for (int t = 0; t < d; t++) {
      double shift = a.mean()[t] - b.mean()[t];
      sum +=
          shift * shift
              + a.scatter()[t * d + t] / (a.count() - 1)
              + b.scatter()[t * d + t] / (b.count() - 1);
    }
    return sum;
  }

  /** F of {@code dimension × rank} with F·Fᵀ the covariance. */
  static double[] factor(Moments moments) {
    int d = moments.mean().length;
    double[] vectors = moments.covariance();
    double[] values = Netlib.eigenvalues(vectors, d, true);
    double rounding = d * Math.ulp(Math.max(values[d - 1], 0));
    int first = 0;
    while (first < d && values[first] <= rounding) {
      first++;
    }
    double[] factor = new double[(d - first) * d];
    for (int c = first; c < d; c++) {
      double root = Math.sqrt(values[c]);
      for (int r = 0; r < d; r++) {
        factor[(c - first) * d + r] = root * vectors[c * d + r];
      }
    }
    return factor;
  }
}
