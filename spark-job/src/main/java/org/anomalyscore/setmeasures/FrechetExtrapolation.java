package org.anomalyscore.setmeasures;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The Fréchet distance that infinitely many images would have (Chong and Forsyth 2020, CVPR, arXiv
 * 1911.07023, Sec. 3): it grows by about a constant over the number of images, so a line through
 * the distances of subsets, over 1/N, says what is left at 1/N = 0.
 *
 * <p>Those authors draw subsets of the generated set and take the reference for infinite. Here the
 * reference may be as small, so that its own line is taken off too: subsets of one set are measured
 * against the whole of the other, FD∞ = FD − a/n − b/m with the slopes a and b of both. Each line
 * goes through the distance of the whole set, and its slope is that of least squares. Subsets hold
 * a half to nine tenths of the images: the first groups of the set and, of the same cuts, the last
 * ones. As the images are in order of their content's hash, that is a draw, and always the same.
 *
 * <p>The bias has a second term, in 1/N², where there are not many more images than dimensions: a
 * line through so small subsets takes off too much or too little.
 */
final class FrechetExtrapolation {

  /** Groups between two cuts. */
  private static final int STEP = 2;

  private FrechetExtrapolation() {}

  /** A line's slope, and the variance of slope / n about it. */
  private record Line(double slope, double variance) {}

  /**
   * The distance.
   *
   * @param whole that of all images
   * @return NaN where a set has fewer than {@value FeatureSet#GROUPS} images; the error joins that
   *     of {@code whole} and those of both lines' residuals
   */
  static Estimate between(FeatureSet a, FeatureSet b, Estimate whole) {
    if (Math.min(a.size(), b.size()) < FeatureSet.GROUPS) {
      return Estimate.UNDEFINED;
    }
    Line ofA = line(a, b, whole.value());
    Line ofB = line(b, a, whole.value());
    return new Estimate(
        whole.value() - ofA.slope / a.size() - ofB.slope / b.size(),
        Math.sqrt(whole.error() * whole.error() + ofA.variance + ofB.variance));
  }

  private static Line line(FeatureSet set, FeatureSet fixed, double whole) {
    List<double[]> points = new ArrayList<>();
    Iterator<Moments> groups = set.groupMoments().toLocalIterator();
    Moments first = groups.next();
    // One subset at a time: at 2048 dimensions each takes 34 MB.
    for (int taken = 1; groups.hasNext(); first = first.plus(groups.next()), taken++) {
      if (taken % STEP != 0) {
        continue;
      }
      if (2 * taken >= FeatureSet.GROUPS) {
        points.add(point(first, set, fixed, whole));
      }
      if (2 * taken <= FeatureSet.GROUPS) {
        points.add(point(set.moments().without(first), set, fixed, whole));
      }
    }
    double xx = 0;
    double xy = 0;
    for (double[] point : points) {
      xx += point[0] * point[0];
      xy += point[0] * point[1];
    }
    double slope = xy / xx;
    double residuals = 0;
    for (double[] point : points) {
      double residual = point[1] - slope * point[0];
      residuals += residual * residual;
    }
    double variance = residuals / (points.size() - 1) / xx;
    return new Line(slope, variance / set.size() / set.size());
  }

  /** Of a subset: how far 1/N, and how far the distance, lie from those of the whole set. */
  private static double[] point(Moments subset, FeatureSet set, FeatureSet fixed, double whole) {
    return new double[] {
      1.0 / subset.count() - 1.0 / set.size(),
      FrechetDistance.distance(subset, fixed.moments(), fixed.factor()) - whole
    };
  }
}
