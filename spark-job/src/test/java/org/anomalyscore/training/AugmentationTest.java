package org.anomalyscore.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {

  private static final int SIZE = 4;

  private static float[] image() {
    float[] image = new float[3 * SIZE * SIZE];
    for (int i = 0; i < image.length; i++) {
      image[i] = i;
    }
    return image;
  }

  private static float[] row(int plane, int y, float[] image) {
    int from = (plane * SIZE + y) * SIZE;
    return java.util.Arrays.copyOfRange(image, from, from + SIZE);
  }

  private static float[] written(int down, int right, boolean flip) {
    float[] batch = new float[3 * SIZE * SIZE];
    new Augmentation(SIZE, new SplittableRandom(0)).write(image(), batch, 0, down, right, flip);
    return batch;
  }

  @Test
  void cropsMirrorWhatLiesOutside() {
    assertArrayEquals(image(), written(0, 0, false));
    assertArrayEquals(new float[] {3, 2, 1, 0}, row(0, 0, written(0, 0, true)));
    // One down: the second row comes first, and the last but one stands in for what is below.
    assertArrayEquals(new float[] {20, 21, 22, 23}, row(1, 0, written(1, 0, false)));
    assertArrayEquals(new float[] {24, 25, 26, 27}, row(1, 3, written(1, 0, false)));
    assertArrayEquals(new float[] {33, 32, 33, 34}, row(2, 0, written(0, -1, false)));
    assertArrayEquals(new float[] {1, 2, 3, 2}, row(0, 0, written(0, 1, false)));
  }

  @Test
  void versionsAreAllThatThereAre() {
    int size = 16;
    float[] image = Oracle.made(3 * size * size, 0.37);
    Augmentation augmentation = new Augmentation(size, new SplittableRandom(7));
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < 2000; i++) {
      float[] batch = new float[image.length];
      augmentation.write(image, batch, 0);
      seen.add(java.util.Arrays.hashCode(batch));
    }
    // Two pixels to each side, down and right, and flipped or not.
    assertEquals(5 * 5 * 2, seen.size());
  }
}
