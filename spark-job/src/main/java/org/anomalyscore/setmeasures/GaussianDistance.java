package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.Comparator;
import java.util.List;
import org.anomalyscore.stats.Jackknife;

/**
 * Maximum mean discrepancy under the Gaussian kernel exp(−‖x − y‖² / (2σ²)) with σ = 10, squared
 * and times 1,000, of features scaled to unit length: CMMD where the features are those of CLIP
 * (Jayasumana et al. 2024, arXiv 2401.09603, Sec. 4; σ, the factor and the scaling are those of
 * their code). It is the unbiased estimate (Gretton et al. 2012, JMLR 13, Lemma 6), which leaves
 * the pairs of an image with itself out, and so may be below 0; their code keeps these pairs, which
 * adds about 1,000·(1 − mean kernel)·(1/n + 1/m).
 *
 * <p>Of a set of more than {@value FeatureSet#SAMPLE_ROWS} images so many are taken.
 */
final class GaussianDistance {

  static final double SIGMA = 10;

  static final double FACTOR = 1000;

  /**
   * Sums of the kernel over the pairs of two blocks, by the groups of both images.
   *
   * @param cells group of the first image × group of the second, row by row
   */
  private record Part(int first, int second, double[] cells) implements Serializable {}

  private GaussianDistance() {}

  /**
   * The distance.
   *
   * @return NaN if a set has fewer than two images, or one without direction. The error is by the
   *     delete-a-group jackknife over both sets' groups; NaN if a set has fewer than three
   */
  static Estimate between(FeatureSet a, FeatureSet b) {
    if (a.size() < 2 || b.size() < 2) {
      return Estimate.UNDEFINED;
    }
    double[] ofA = sums(a, a);
    double[] ofB = sums(b, b);
    double[] across = sums(a, b);
    double value = distance(a, b, ofA, ofB, across, -1, -1);
    if (a.size() < 3 || b.size() < 3) {
      return new Estimate(value, Double.NaN);
    }
    double[] withoutA = new double[Math.min(FeatureSet.GROUPS, a.sampleSize())];
    double[] withoutB = new double[Math.min(FeatureSet.GROUPS, b.sampleSize())];
    for (int g = 0; g < withoutA.length; g++) {
      withoutA[g] = distance(a, b, ofA, ofB, across, g, -1);
    }
    for (int g = 0; g < withoutB.length; g++) {
      withoutB[g] = distance(a, b, ofA, ofB, across, -1, g);
    }
    return new Estimate(
        value, Math.sqrt(Jackknife.variance(withoutA) + Jackknife.variance(withoutB)));
  }

  /** Without a group of either set; −1 for all. */
  private static double distance(
      FeatureSet a,
      FeatureSet b,
      double[] ofA,
      double[] ofB,
      double[] across,
      int withoutA,
      int withoutB) {
    double n = rows(a, withoutA);
    double m = rows(b, withoutB);
    return FACTOR
        * (sum(ofA, withoutA, withoutA) / (n * (n - 1))
            + sum(ofB, withoutB, withoutB) / (m * (m - 1))
            - 2 * sum(across, withoutA, withoutB) / (n * m));
  }

  private static int rows(FeatureSet set, int without) {
    int rows = 0;
    for (int i = 0; i < set.sampleSize(); i++) {
      rows += FeatureSet.sampleGroup(i, set.sampleSize()) == without ? 0 : 1;
    }
    return rows;
  }

  private static double sum(double[] cells, int withoutFirst, int withoutSecond) {
    double sum = 0;
    for (int i = 0; i < cells.length; i++) {
      if (i / FeatureSet.GROUPS != withoutFirst && i % FeatureSet.GROUPS != withoutSecond) {
        sum += cells[i];
      }
    }
    return sum;
  }

  /** Over all pairs of images but those of an image with itself, group by group. */
  private static double[] sums(FeatureSet a, FeatureSet b) {
    boolean one = a == b;
    int n = a.sampleSize();
    int m = b.sampleSize();
    // In order, as a sum's last digits are of its order.
    List<Part> parts =
        a
            .sample()
            .cartesian(b.sample())
            .map(pair -> part(pair._1(), pair._2(), n, m, one))
            .collect()
            .stream()
            .sorted(Comparator.comparing(Part::first).thenComparing(Part::second))
            .toList();
    double[] cells = new double[FeatureSet.GROUPS * FeatureSet.GROUPS];
    for (Part part : parts) {
      for (int i = 0; i < cells.length; i++) {
        cells[i] += part.cells[i];
      }
    }
    return cells;
  }

  private static Part part(FeatureBlock a, FeatureBlock b, int n, int m, boolean one) {
    double[] products =
        Netlib.transposedTimes(a.unit(), b.unit(), a.rows(), b.rows(), a.dimension());
    double[] cells = new double[FeatureSet.GROUPS * FeatureSet.GROUPS];
    int[] groups = new int[a.rows()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = FeatureSet.sampleGroup(a.start() + i, n) * FeatureSet.GROUPS;
    }
    for (int j = 0; j < b.rows(); j++) {
      int group = FeatureSet.sampleGroup(b.start() + j, m);
      for (int i = 0; i < a.rows(); i++) {
        if (!(one && a.start() + i == b.start() + j)) {
          // ‖x − y‖² = 2 − 2 x·y
          cells[groups[i] + group] += Math.exp((products[j * a.rows() + i] - 1) / (SIGMA * SIGMA));
        }
      }
    }
    return new Part(a.start(), b.start(), cells);
  }
}
