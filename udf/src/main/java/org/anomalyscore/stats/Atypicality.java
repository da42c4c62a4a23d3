package org.anomalyscore.stats;

import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * How unusual single images are beside the natural images of a reference: the {@link RobustScatter
 * robust distance} of an image, and how many of the reference's own images lie as far out.
 *
 * <p>Each image of the reference has its distance from the middle of all others, so that it does
 * not count for itself (leave-one-out, exact). The p-value of another image is (1 + k) / (1 + n),
 * with k the number of the n reference images that are at least as far out: a conformal p-value
 * (Bates, Candès, Lei, Romano and Sesia 2023, Annals of Statistics 51(1), doi:10.1214/22-AOS2244),
 * which needs no normal distribution. Their theorem is of a part of the reference that the distance
 * was not fitted to; here all of it is used twice, by leaving one out (a jackknife), so that the
 * p-value of an image of the reference's kind is valid approximately; checked by simulation for n =
 * 30, 100 and 500, and for heavy tails and two clusters with n = 100. Where the scatter does not
 * have the shape of the distance, power is lost. Ties count as being as far out. No p-value is
 * below 1 / (1 + n). {@link FalseDiscoveryRate} says which of many images may be flagged.
 *
 * <p>An image of the reference that lies infinitely far out, since its C or V is 0 or since the
 * others have no scatter without it, counts as such.
 *
 * <p>Time O(n log n), with some dozen sorts of the reference; memory some arrays of its length.
 */
public final class Atypicality implements Serializable {
  private static final long serialVersionUID = 1;

  private final RobustScatter scatter;

  /** Distances of the reference's images from the others, rising. */
  private final double[] reference;

  private Atypicality(RobustScatter scatter, double[] reference) {
    this.scatter = scatter;
    this.reference = reference;
  }

  /**
   * Measures a reference; the arrays are read, not kept. Images whose C or V has no finite
   * logarithm are no part of the scatter, and those that have no logarithm at all are left out.
   * Below three images, or without a scatter, all results are NaN.
   *
   * @param complexity C of each image of the reference, radians
   * @param vulnerability V of the same image
   * @throws IllegalArgumentException if the arrays differ in length
   */
  public static Atypicality of(double[] complexity, double[] vulnerability) {
    double[][] logs = RobustScatter.logs(complexity, vulnerability);
    RobustScatter scatter = RobustScatter.of(logs);
    if (!scatter.isDefined()) {
      return new Atypicality(scatter, new double[0]);
    }
    double infinity = Double.POSITIVE_INFINITY;
    // Those that have logarithms, but not finite ones.
    long infinite =
        IntStream.range(0, complexity.length)
                .filter(i -> complexity[i] >= 0 && vulnerability[i] >= 0)
                .count()
            - logs[0].length;
    // Left out instead, the images without which there is no scatter would make p too small.
    double[] distances =
        DoubleStream.concat(
                Arrays.stream(leaveOneOut(logs)).map(d -> Double.isNaN(d) ? infinity : d).sorted(),
                DoubleStream.generate(() -> infinity).limit(infinite))
            .toArray();
    return new Atypicality(scatter, distances);
  }

  /**
   * The distance of each image from the middle of all others; NaN where these have no scatter.
   *
   * @param logs log C and log V, finite, image by image
   */
  static double[] leaveOneOut(double[][] logs) {
    int n = logs[0].length;
    double[] distances = new double[n];
    Arrays.fill(distances, Double.NaN);
    WithoutOne x = new WithoutOne(logs[0]);
    WithoutOne y = new WithoutOne(logs[1]);
    // Images without which both scales are the same have the same axes u and w. There are few such
    // groups, since a sample has few deviations without one value.
    Map<Scales, Byte> groups = new LinkedHashMap<>();
    byte[] group = new byte[n];
    for (int i = 0; i < n && n > 2; i++) {
      Scales scales = new Scales(x.deviation(i), y.deviation(i));
      group[i] = -1;
      if (scales.x > 0 && scales.y > 0) {
        group[i] = groups.computeIfAbsent(scales, s -> (byte) groups.size());
      }
    }
    groups.forEach(
        (scales, number) -> {
          double[] us = RobustScatter.axis(logs, scales.x, scales.y, 1);
          double[] ws = RobustScatter.axis(logs, scales.x, scales.y, -1);
          WithoutOne u = new WithoutOne(us);
          WithoutOne w = new WithoutOne(ws);
          for (int i = 0; i < n; i++) {
            if (group[i] == number) {
              distances[i] =
                  RobustScatter.distance(
                      us[i], ws[i], u.median(i), u.deviation(i), w.median(i), w.deviation(i));
            }
          }
        });
    return distances;
  }

  /** Robust standard deviations of log C and log V. */
  private record Scales(double x, double y) {}

  /** The middle and the scatter of all images of the reference. */
  public RobustScatter scatter() {
    return scatter;
  }

  /** How many images of the reference a p-value counts by; 0 where none can be judged. */
  public int referenceCount() {
    return reference.length;
  }

  /**
   * How many images of the reference it takes that a single image can be flagged: below 1 / rate -
   * 1 no p-value is as small as the rate.
   *
   * @param rate in (0, 1)
   */
  public static int leastReference(double rate) {
    return (int) Math.ceil(1 / rate - 1 - 1e-9);
  }

  /** How far an image lies out; see {@link RobustScatter#distance(double, double)}. */
  public double distance(double complexity, double vulnerability) {
    return scatter.distance(complexity, vulnerability);
  }

  /**
   * How often an image of the reference's kind lies as far out.
   *
   * @param distance of an image that is none of the reference's
   * @return (1 + k) / (1 + n), in (0, 1]; NaN where the distance is
   */
  public double pValue(double distance) {
    return Double.isNaN(distance) || reference.length == 0
        ? Double.NaN
        : (1.0 + atLeast(distance)) / (1.0 + reference.length);
  }

  private int atLeast(double distance) {
    int low = 0;
    int high = reference.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (reference[middle] < distance) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return reference.length - low;
  }
}
