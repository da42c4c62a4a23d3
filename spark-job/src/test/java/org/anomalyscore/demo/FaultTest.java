package org.anomalyscore.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

class FaultTest {

  @Test
  void blurKeepsAPlainImage() {
    BufferedImage plain = Pixels.grey(16, 77);
    assertArrayEquals(Pixels.of(plain), Pixels.of(Fault.blur(plain, 1.5)));
  }

  /** A point of level 255 becomes 255 times the normalised Gaussian, to the rounding of a level. */
  @Test
  void blurSpreadsAPointAsAGaussian() {
    BufferedImage point = Pixels.grey(15, 0);
    point.setRGB(7, 7, 0xffffff);
    BufferedImage blurred = Fault.blur(point, 1.0);
    double norm = 0;
    for (int i = -3; i <= 3; i++) {
      norm += Math.exp(-i * i / 2.0);
    }
    for (int dx = 0; dx <= 3; dx++) {
      double wanted = 255 * Math.exp(-dx * dx / 2.0) / (norm * norm);
      assertEquals(wanted, blurred.getRGB(7 + dx, 7) & 0xff, 0.5, "at distance " + dx);
      assertEquals(blurred.getRGB(7 + dx, 7), blurred.getRGB(7, 7 - dx), "symmetry " + dx);
    }
  }

  @Test
  void checkerboardOnAPlainImageHasThePatternOfOverlappingTaps() {
    BufferedImage uneven = Fault.checkerboard(Pixels.grey(16, 100), 0.2);
    // Gains 1.1 where two taps overlap, 0.9 where there is one, along both axes.
    assertEquals(121, uneven.getRGB(4, 6) & 0xff);
    assertEquals(99, uneven.getRGB(5, 6) & 0xff);
    assertEquals(99, uneven.getRGB(4, 7) & 0xff);
    assertEquals(81, uneven.getRGB(5, 7) & 0xff);
  }

  @Test
  void checkerboardWithoutUnevennessKeepsAPlainImage() {
    BufferedImage plain = Pixels.grey(16, 100);
    assertArrayEquals(Pixels.of(plain), Pixels.of(Fault.checkerboard(plain, 0)));
  }

  @Test
  void displacedPatchesComeFromTheImageAndLeaveTheSourceAlone() {
    BufferedImage scene = SceneArtist.draw(1, 1);
    int[] before = Pixels.of(scene);
    int[] broken =
        Pixels.of(Fault.displacePatches(scene, 10, RandomSource.SPLIT_MIX_64.create(5L)));
    assertArrayEquals(before, Pixels.of(scene));
    assertTrue(
        Arrays.stream(before)
            .boxed()
            .collect(Collectors.toSet())
            .containsAll(Arrays.stream(broken).boxed().collect(Collectors.toSet())));
    long moved = 0;
    for (int i = 0; i < broken.length; i++) {
      moved += broken[i] == before[i] ? 0 : 1;
    }
    // Ten patches of 8 x 8 pixels, less what overlaps and what looks the same.
    assertTrue(moved > 200 && moved <= 640, moved + " pixels moved");
  }
}
