package org.anomalyscore.training;

import java.util.SplittableRandom;

/**
 * Random crops and flips of square images: moved by up to an eighth of the side, with what leaves
 * the picture mirrored at its border, and mirrored left to right in half of the cases.
 */
final class Augmentation {

  private static final int PART = 8;

  private final int size;
  private final SplittableRandom random;

  Augmentation(int size, SplittableRandom random) {
    this.size = size;
    this.random = random;
  }

  /** Writes a random version of an image to a place of a batch. */
  void write(float[] image, float[] batch, int from) {
    int most = size / PART;
    int down = random.nextInt(2 * most + 1) - most;
    int right = random.nextInt(2 * most + 1) - most;
    boolean flip = random.nextBoolean();
    write(image, batch, from, down, right, flip);
  }

  void write(float[] image, float[] batch, int from, int down, int right, boolean flip) {
    int to = from;
    for (int plane = 0; plane < 3; plane++) {
      for (int y = 0; y < size; y++) {
        int row = (plane * size + inside(y + down)) * size;
        for (int x = 0; x < size; x++) {
          batch[to++] = image[row + inside((flip ? size - 1 - x : x) + right)];
        }
      }
    }
  }

  /** Mirrors at the border without repeating the pixel there. */
  private int inside(int at) {
    int positive = Math.abs(at);
    return positive < size ? positive : 2 * (size - 1) - positive;
  }
}
