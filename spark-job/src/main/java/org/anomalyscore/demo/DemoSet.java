package org.anomalyscore.demo;

import java.awt.image.BufferedImage;
import java.util.Locale;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * The demo's sets of images, each of other scenes of the same distribution. The names say what they
 * are: simulated generators, since no generator made the images.
 */
public enum DemoSet {
  // The faults were set by the leaderboard that a prototype gave for seeds 0 to 2, so that each is
  // clearly above the one before.

  /** Faultless scenes in the place of real images. */
  REFERENCE(0) {
    @Override
    BufferedImage finish(BufferedImage scene, UniformRandomProvider random) {
      return scene;
    }
  },

  /** Faultless scenes again: what a perfect generator would give, at the level of chance. */
  FRESH_DRAWS(1) {
    @Override
    BufferedImage finish(BufferedImage scene, UniformRandomProvider random) {
      return scene;
    }
  },

  /** A lack of detail, as of generators trained on a pixel-wise mean: Gaussian blur. */
  BLURRED(2) {
    @Override
    BufferedImage finish(BufferedImage scene, UniformRandomProvider random) {
      return Fault.blur(scene, 1.0 + 0.3 * random.nextDouble());
    }
  },

  /** The artefact of up-sampling by transposed convolution whose taps overlap unevenly. */
  CHECKERBOARD(3) {
    @Override
    BufferedImage finish(BufferedImage scene, UniformRandomProvider random) {
      return Fault.checkerboard(scene, 0.05 + 0.03 * random.nextDouble());
    }
  },

  /** Things whose parts do not fit together: patches in the wrong place. */
  BROKEN_GEOMETRY(4) {
    @Override
    BufferedImage finish(BufferedImage scene, UniformRandomProvider random) {
      return Fault.displacePatches(scene, 100, random);
    }
  };

  private final int number;

  DemoSet(int number) {
    this.number = number;
  }

  /** The name of the set in folders and tables, such as {@code fresh-draws}. */
  public String dataset() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Image {@code index} of this set in the demo of a seed. */
  BufferedImage image(long seed, int index) {
    // Every set has its own scenes: the seed's neighbours are independent streams.
    long own = seed * values().length + number;
    return finish(SceneArtist.draw(own, index), SceneArtist.stream(~own, index));
  }

  abstract BufferedImage finish(BufferedImage scene, UniformRandomProvider random);
}
