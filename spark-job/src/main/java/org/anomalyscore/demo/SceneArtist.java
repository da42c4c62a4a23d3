package org.anomalyscore.demo;

import java.awt.image.BufferedImage;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Draws procedural scenes: scene {@code index} of {@code seed} has the same pixels on every
 * machine, whatever was drawn before it.
 */
public final class SceneArtist {

  /** Width and height of a scene in pixels. */
  public static final int SIZE = 64;

  /** Number of classes of scenes: kinds of main object times kinds of texture. */
  public static final int CLASSES = Shape.values().length * Surface.values().length;

  /** Rays per pixel along each axis. */
  private static final int RAYS = 2;

  private SceneArtist() {}

  /** Draws a scene as an opaque 8-bit RGB image of {@link #SIZE} by {@link #SIZE} pixels. */
  public static BufferedImage draw(long seed, int index) {
    Scene scene = new Scene(stream(seed, index));
    BufferedImage image = new BufferedImage(SIZE, SIZE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIZE; y++) {
      for (int x = 0; x < SIZE; x++) {
        image.setRGB(x, y, pixel(scene, x, y));
      }
    }
    return image;
  }

  /** The class of the scene that {@link #draw} draws, 0 to {@link #CLASSES} - 1. */
  public static int label(long seed, int index) {
    return new Scene(stream(seed, index)).label();
  }

  /** SplitMix64 because its numbers are fixed by its publication, not by a library's version. */
  static UniformRandomProvider stream(long seed, int index) {
    long key = RandomSource.SPLIT_MIX_64.create(seed).nextLong() ^ index;
    return RandomSource.SPLIT_MIX_64.create(RandomSource.SPLIT_MIX_64.create(key).nextLong());
  }

  private static int pixel(Scene scene, int x, int y) {
    Vec camera = new Vec(0, 2.2, -5.5);
    Vec sum = new Vec(0, 0, 0);
    for (int row = 0; row < RAYS; row++) {
      for (int column = 0; column < RAYS; column++) {
        double right = (x + (column + 0.5) / RAYS) / SIZE * 2 - 1;
        double down = (y + (row + 0.5) / RAYS) / SIZE * 2 - 1;
        // The camera looks down a little, so that the horizon is in the upper third.
        Vec light = scene.light(camera, new Vec(0.5 * right, -0.5 * down - 0.2, 1).unit());
        sum = sum.plus(new Vec(tone(light.x()), tone(light.y()), tone(light.z())));
      }
    }
    Vec mean = sum.times(1.0 / (RAYS * RAYS));
    return (level(mean.x()) << 16) | (level(mean.y()) << 8) | level(mean.z());
  }

  /** A display gamma of 2, whose square root is exact by IEEE 754 where a power is not. */
  private static double tone(double light) {
    return Math.sqrt(Math.min(1, light));
  }

  private static int level(double tone) {
    return (int) Math.floor(255 * tone + 0.5);
  }
}
