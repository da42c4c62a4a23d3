package org.anomalyscore.demo;

/**
 * Smooth noise in [0, 1): random values at whole-numbered points, smoothstep between them (the
 * value noise of Ebert et al., Texturing and Modeling, chapter 2).
 */
final class ValueNoise {

  private static final int OCTAVES = 3;

  private ValueNoise() {}

  /** Three octaves, each of half the amplitude and twice the frequency of the one before. */
  static double fractal(Vec point, int field) {
    double sum = 0;
    double amplitude = 1;
    double total = 0;
    Vec scaled = point;
    for (int octave = 0; octave < OCTAVES; octave++) {
      sum += amplitude * at(scaled, field + octave);
      total += amplitude;
      amplitude /= 2;
      scaled = scaled.times(2);
    }
    return sum / total;
  }

  private static double at(Vec p, int field) {
    int x = (int) Math.floor(p.x());
    int y = (int) Math.floor(p.y());
    int z = (int) Math.floor(p.z());
    double u = smooth(p.x() - x);
    double v = smooth(p.y() - y);
    double w = smooth(p.z() - z);
    double value = 0;
    for (int corner = 0; corner < 8; corner++) {
      int right = corner & 1;
      int up = (corner >> 1) & 1;
      int far = corner >> 2;
      double weight = (right == 1 ? u : 1 - u) * (up == 1 ? v : 1 - v) * (far == 1 ? w : 1 - w);
      value += weight * lattice(x + right, y + up, z + far, field);
    }
    return value;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static double lattice(int x, int y, int z, int field) {
    int h = (x * 0x27d4eb2d) ^ (y * 0x165667b1) ^ (z * 0x9e3779b1) ^ (field * 0x85ebca6b);
    h = (h ^ (h >>> 15)) * 0x2c1b3c6d;
    h = (h ^ (h >>> 12)) * 0x297a2d39;
    return ((h ^ (h >>> 15)) >>> 8) * 0x1p-24;
  }
}
