package org.anomalyscore.demo;

/** The textures of the main object: how much of its second colour a point has, in [0, 1]. */
enum Surface {
  STRIPES {
    @Override
    double mixture(Vec point, double frequency, int grain) {
      return Math.floor(frequency * (point.y() + 0.35 * point.x())) % 2 == 0 ? 0 : 1;
    }
  },

  CHECKS {
    @Override
    double mixture(Vec point, double frequency, int grain) {
      // The offsets keep the planes of a box, which stands at round coordinates, off the cell
      // borders.
      double cells =
          Math.floor(frequency * point.x() + 0.31)
              + Math.floor(frequency * point.y() + 0.17)
              + Math.floor(frequency * point.z() + 0.43);
      return cells % 2 == 0 ? 0 : 1;
    }
  },

  SPECKLE {
    @Override
    double mixture(Vec point, double frequency, int grain) {
      double noise = ValueNoise.fractal(point.times(2 * frequency), grain);
      return Math.max(0, Math.min(1, 0.5 + 4 * (noise - 0.5)));
    }
  };

  /**
   * @param point in the object's own frame, about unit size
   * @param frequency stripes or cells per unit of length
   * @param grain which noise field, for a texture that uses one
   */
  abstract double mixture(Vec point, double frequency, int grain);
}
