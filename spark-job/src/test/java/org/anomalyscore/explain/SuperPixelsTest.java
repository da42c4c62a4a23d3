package org.anomalyscore.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.anomalyscore.pixels.RgbImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuperPixelsTest {

  /** Four flat quarters, each of its own colour, with noise of a few levels. */
  private static RgbImage quarters(int size) {
    int[][] colours = {{230, 30, 30}, {30, 200, 40}, {20, 40, 220}, {230, 220, 40}};
    SplittableRandom random = new SplittableRandom(1);
    byte[] rgb = new byte[3 * size * size];
    for (int i = 0; i < rgb.length; i++) {
      int quarter = quarter(i / 3, size);
      rgb[i] = (byte) (colours[quarter][i % 3] + random.nextInt(-4, 5));
    }
    return new RgbImage(size, size, rgb);
  }

  private static int quarter(int pixel, int size) {
    int row = pixel / size;
    return (2 * row < size ? 0 : 2) + (2 * (pixel - row * size) < size ? 0 : 1);
  }

  @ParameterizedTest
  @CsvSource({"224,20", "224,40", "64,20", "32,20"})
  void givesAboutTheNumberThatIsWanted(int size, int wanted) {
    SuperPixels pieces = SuperPixels.of(quarters(size), wanted);
    assertEquals(wanted, pieces.count(), 0.2 * wanted);
  }

  @Test
  void followsTheColours() {
    int size = 96;
    SuperPixels pieces = SuperPixels.of(quarters(size), 20);
    int[][] held = new int[pieces.count()][4];
    for (int i = 0; i < pieces.labels().length; i++) {
      held[pieces.labels()[i]][quarter(i, size)]++;
    }
    int inside = 0;
    for (int[] piece : held) {
      inside += Arrays.stream(piece).max().orElseThrow();
    }
    assertTrue(inside > 0.97 * size * size, inside + " pixels lie in their piece's quarter");
  }

  @Test
  void piecesAreConnectedNumberedByTheirFirstPixelAndAlwaysTheSame() {
    RgbImage image = quarters(64);
    SuperPixels pieces = SuperPixels.of(image, 20);
    assertArrayEquals(pieces.labels(), SuperPixels.of(image, 20).labels());
    boolean[] seen = new boolean[pieces.labels().length];
    int next = 0;
    for (int i = 0; i < seen.length; i++) {
      if (!seen[i]) {
        assertEquals(next++, pieces.labels()[i], "a second part, or out of order");
        fill(pieces, i, seen);
      }
    }
    assertEquals(pieces.count(), next);
    assertEquals(64 * 64, Arrays.stream(pieces.sizes()).sum());
  }

  private static void fill(SuperPixels pieces, int start, boolean[] seen) {
    ArrayDeque<Integer> todo = new ArrayDeque<>();
    todo.add(start);
    seen[start] = true;
    while (!todo.isEmpty()) {
      int i = todo.remove();
      int row = i / pieces.width();
      int column = i - row * pieces.width();
      for (int y = Math.max(0, row - 1); y <= Math.min(pieces.height() - 1, row + 1); y++) {
        for (int x = Math.max(0, column - 1); x <= Math.min(pieces.width() - 1, column + 1); x++) {
          int n = y * pieces.width() + x;
          if (!seen[n] && pieces.labels()[n] == pieces.labels()[i]) {
            seen[n] = true;
            todo.add(n);
          }
        }
      }
    }
  }

  @Test
  void anImageOfOneColourIsCutByDistance() {
    SuperPixels pieces = SuperPixels.of(new RgbImage(64, 64, new byte[3 * 64 * 64]), 16);
    assertEquals(16, pieces.count(), 4);
  }

  @Test
  void imagesTooSmallForSlicAreOnePiece() {
    assertEquals(1, SuperPixels.of(new RgbImage(1, 1, new byte[3]), 20).count());
    assertArrayEquals(new int[12], SuperPixels.of(new RgbImage(3, 4, new byte[36]), 20).labels());
    // BoofCV could not give so many here; whatever it gives is taken.
    assertTrue(SuperPixels.of(quarters(8), 100).count() >= 1);
  }

  @Test
  void sizesCentresAndMasksAreCounted() {
    SuperPixels pieces = SuperPixels.numbered(3, 2, new int[] {9, 9, 4, 9, 9, 4});
    assertEquals(2, pieces.count());
    assertArrayEquals(new int[] {0, 0, 1, 0, 0, 1}, pieces.labels());
    assertArrayEquals(new int[] {4, 2}, pieces.sizes());
    assertArrayEquals(
        new SuperPixels.Centre[] {new SuperPixels.Centre(1, 1), new SuperPixels.Centre(2.5, 1)},
        pieces.centres());
    assertArrayEquals(
        new boolean[] {false, false, true, false, false, true},
        pieces.mask(new boolean[] {false, true}));
  }

  @Test
  void theOverlayShowsTheImageAndTheHeat() throws IOException {
    int size = 32;
    byte[] grey = new byte[3 * size * size];
    Arrays.fill(grey, (byte) 100);
    int[] labels = new int[size * size];
    Arrays.setAll(labels, i -> i % size < 16 ? 0 : i < size * 16 ? 1 : 2);
    SuperPixels pieces = new SuperPixels(size, size, 3, labels);
    BufferedImage picture =
        ImageIO.read(
            new ByteArrayInputStream(
                AttributionOverlay.png(
                    new RgbImage(size, size, grey), pieces, new double[] {2, -1, 0})));
    int side = 7 * size;
    assertEquals(2 * side + 8, picture.getWidth());
    assertEquals(side, picture.getHeight());
    assertEquals(0xff646464, picture.getRGB(10, 10), "the image");
    int right = side + 8;
    // 0.8 of the tint and 0.2 of the grey; half of that for half the coefficient.
    assertEquals(0xffc0282a, picture.getRGB(right + 10, 10), "red");
    assertEquals(0xff4e5d8c, picture.getRGB(right + side - 10, 10), "blue");
    assertEquals(0xff646464, picture.getRGB(right + side - 10, side - 10), "no heat");
    assertEquals(0xffffffff, picture.getRGB(right + 16 * 7 - 1, 50), "a line");
  }
}
