package org.anomalyscore.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class FeaturePathTest {

  @Test
  void anglesOfKnownVectors() {
    assertEquals(Math.PI / 2, angle(1, 0, 0, 5), 1e-15);
    assertEquals(Math.PI / 4, angle(1, 0, 3, 3), 1e-15);
    assertEquals(Math.PI, angle(1, 2, -2, -4), 1e-15);
    assertEquals(0, angle(1, 2, 3, 6), 1e-15);
  }

  @Test
  void smallAnglesKeepTheirDigits() {
    // The arccos of a dot product is 0 below 1e-8; Kahan's form loses no more than the rounding of
    // two unit vectors, about 2e-16 absolute.
    for (double t : new double[] {1e-3, 1e-6, 1e-9, 1e-12}) {
      assertEquals(t, angle(1, 0, Math.cos(t), Math.sin(t)), 1e-15 + 1e-9 * t);
      assertEquals(
          Math.PI - t, angle(1, 0, -Math.cos(t), Math.sin(t)), 1e-15, "near a straight angle");
    }
  }

  @Test
  void anglesIgnoreLength() {
    assertEquals(angle(1, 2, 3, 1), angle(1e-30, 2e-30, 3e30, 1e30), 1e-15);
  }

  @Test
  void zeroAndNonFiniteVectorsHaveNoAngle() {
    assertTrue(Double.isNaN(angle(0, 0, 1, 0)));
    assertTrue(Double.isNaN(angle(1, 0, Double.NaN, 0)));
    assertTrue(Double.isNaN(angle(1, 0, Double.POSITIVE_INFINITY, 0)));
  }

  @Test
  void complexityOfACircleIsItsTurningAngle() {
    // Points on a circle: each step turns by the same angle.
    double turn = 0.3;
    double[][] path = new double[11][];
    for (int k = 0; k <= 10; k++) {
      path[k] = new double[] {Math.cos(k * turn), Math.sin(k * turn)};
    }
    assertEquals(turn, FeaturePath.complexity(path), 1e-15);
    assertEquals(2 * Math.sin(turn / 2), FeaturePath.meanStepNorm(path), 1e-15);
  }

  @Test
  void complexityAveragesAngles() {
    double[][] path = {{0, 0}, {1, 0}, {1, 1}, {2, 1}, {3, 1}};
    // Turns of 90, 90 and 0 degrees.
    assertEquals(Math.PI / 3, FeaturePath.complexity(path), 1e-15);
  }

  @Test
  void roundingNoiseMeetsAtTwoThirdsOfPi() {
    // Differences of independent points, the case that complexity_floor warns of: the cosine of
    // successive differences is -1/2 in high dimensions.
    NoiseStream noise = new NoiseStream(NoiseStream.Purpose.COMPLEXITY_NOISE, 1, "rounding");
    int dimension = 4096;
    double[] g = noise.gaussians(11 * dimension);
    double[][] path = new double[11][dimension];
    for (int i = 0; i < g.length; i++) {
      path[i / dimension][i % dimension] = g[i];
    }
    assertEquals(2 * Math.PI / 3, FeaturePath.complexity(path), 0.02);
  }

  @Test
  void aZeroStepIsDegenerate() {
    Walk walk = Walk.of(new double[][] {{0, 0}, {1, 1}, {1, 1}, {2, 3}}, null);
    assertTrue(walk.degenerate().contains("noise step 2"), walk.degenerate());
  }

  @Test
  void aStraightPathIsDegenerate() {
    Walk walk = Walk.of(new double[][] {{0, 0}, {1, 0}, {2, 0}}, new double[] {0, 0.5});
    assertEquals(0, walk.complexity());
    assertEquals(0.5, walk.floor());
    assertTrue(walk.degenerate().contains("AS-i"), walk.degenerate());
  }

  @Test
  void nonFiniteFeaturesAreDegenerate() {
    Walk good = Walk.of(new double[][] {{0, 0}, {1, 0}, {1, 1}}, null);
    double[] bad = {Double.NaN};
    assertTrue(
        Measurement.of(new NetworkOutput(new double[2], null, null), List.of(good), bad)
            .degenerate()
            .contains("not finite"));
    double[][] path = {{0, 0}, {1, 0}, {Double.POSITIVE_INFINITY, 1}};
    assertTrue(Walk.of(path, null).degenerate().contains("not finite"));
  }

  private static double angle(double ax, double ay, double bx, double by) {
    return FeaturePath.angle(new double[] {ax, ay}, new double[] {bx, by});
  }
}
