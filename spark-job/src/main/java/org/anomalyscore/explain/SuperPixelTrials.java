package org.anomalyscore.explain;

import org.anomalyscore.measure.NoiseStream;

/**
 * Which super-pixels each trial attacks: three to six of them, chosen by the image's own stream, so
 * that they are the same in every run.
 */
final class SuperPixelTrials {

  static final int LEAST_ATTACKED = 3;
  static final int MOST_ATTACKED = 6;

  private SuperPixelTrials() {}

  /**
   * Draws trials. Trial t uses the uniform values from 7·t on: the first chooses how many, 3 +
   * floor(4·u); the others draw from the super-pixels, without putting back, by the first steps of
   * a Fisher-Yates shuffle: step i changes places i and i + floor((count − i)·u).
   *
   * @param stream of {@link NoiseStream.Purpose#SUPERPIXEL_TRIALS}
   * @param count of super-pixels, at least {@value #MOST_ATTACKED}
   * @return [trial][super-pixel], true where it is attacked
   */
  static boolean[][] of(NoiseStream stream, int trials, int count) {
    boolean[][] chosen = new boolean[trials][count];
    int[] places = new int[count];
    for (int t = 0; t < trials; t++) {
      long next = (long) t * (1 + MOST_ATTACKED);
      int attacked =
          LEAST_ATTACKED + (int) ((MOST_ATTACKED - LEAST_ATTACKED + 1) * stream.uniform(next++));
      for (int i = 0; i < count; i++) {
        places[i] = i;
      }
      for (int i = 0; i < attacked; i++) {
        int other = i + (int) ((count - i) * stream.uniform(next++));
        int drawn = places[other];
        places[other] = places[i];
        places[i] = drawn;
        chosen[t][drawn] = true;
      }
    }
    return chosen;
  }
}
