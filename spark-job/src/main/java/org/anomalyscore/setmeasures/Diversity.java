package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.stats.Jackknife;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * How many different images a set holds, by the eigenvalues λ of K/n, where K is the kernel matrix
 * of its n images: as many as the effective number of eigenvalues, 1 for a set of equal images and
 * n at most. The kernel is the cosine of two images' features, so that the eigenvalues that are not
 * 0 are those of the matrix of dimension × dimension XᵀX/n, X being the features scaled to unit
 * length: nothing of n × n is ever made.
 *
 * <p>It takes no reference, and knows nothing of whether images are good: compare it with the
 * reference's own. It grows with n, and cannot exceed the dimension.
 *
 * @param vendi the Vendi score: exp(−Σ λ log λ) (Friedman and Dieng 2023, arXiv 2210.02410,
 *     Definition 3.1)
 * @param rke the Rényi kernel entropy of order 2, as a number of images: 1 / ‖K/n‖² in Frobenius'
 *     norm (Jalali, Li and Farnia 2023, NeurIPS 36, "An Information-Theoretic Evaluation of
 *     Generative Models in Learning Multi-modal Distributions", where it is called RKE mode count);
 *     those authors take a Gaussian kernel, whose width a user would have to choose
 */
public record Diversity(Estimate vendi, Estimate rke) {

  private static final Diversity UNDEFINED = new Diversity(Estimate.UNDEFINED, Estimate.UNDEFINED);

  /** Both numbers, of all images or of all but one group. */
  private record Both(double vendi, double rke) implements Serializable {}

  /**
   * Of a set of images; NaN for none, and where the features of one are all 0, which have no
   * direction. Errors are by the jackknife over groups; NaN for one image.
   */
  static Diversity of(FeatureSet set) {
    if (set.size() == 0) {
      return UNDEFINED;
    }
    JavaRDD<Moments> groups = set.unitGroupMoments();
    try {
      return of(groups, FeatureSet.total(groups));
    } finally {
      groups.unpersist(false);
    }
  }

  private static Diversity of(JavaRDD<Moments> groups, Moments all) {
    Both value = both(all);
    if (all.count() == 1 || Double.isNaN(value.rke)) {
      return new Diversity(
          new Estimate(value.vendi, Double.NaN), new Estimate(value.rke, Double.NaN));
    }
    Broadcast<Moments> shared = JavaSparkContext.fromSparkContext(groups.context()).broadcast(all);
    List<Both> without =
        groups
            .map(group -> new Tuple2<>(group.group(), both(shared.value().without(group))))
            .collect()
            .stream()
            .sorted(Comparator.comparing(Tuple2::_1))
            .map(Tuple2::_2)
            .toList();
    shared.destroy();
    double[] vendi = without.stream().mapToDouble(Both::vendi).toArray();
    double[] rke = without.stream().mapToDouble(Both::rke).toArray();
    return new Diversity(
        new Estimate(value.vendi, Math.sqrt(Jackknife.variance(vendi))),
        new Estimate(value.rke, Math.sqrt(Jackknife.variance(rke))));
  }

  private static Both both(Moments unit) {
    int d = unit.mean().length;
    double[] gram = new double[d * d];
    double squares = 0;
    for (int c = 0; c < d; c++) {
      for (int r = 0; r < d; r++) {
        int i = c * d + r;
        gram[i] = unit.scatter()[i] / unit.count() + unit.mean()[r] * unit.mean()[c];
        squares += gram[i] * gram[i];
      }
    }
    if (Double.isNaN(squares)) {
      return new Both(Double.NaN, Double.NaN);
    }
    double entropy = 0;
    for (double value : Netlib.eigenvalues(gram, d, false)) {
      // Rounding may leave an eigenvalue just below 0; the limit of λ log λ there is 0.
      if (value > 0) {
        entropy -= value * Math.log(value);
      }
    }
    return new Both(Math.exp(entropy), 1 / squares);
  }
}
