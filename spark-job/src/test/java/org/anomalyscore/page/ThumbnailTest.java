package org.anomalyscore.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.RgbImage;
import org.anomalyscore.report.Thumbnails;
import org.anomalyscore.storage.VisibleText;
import org.junit.jupiter.api.Test;

class ThumbnailTest {

  private static RgbImage noise(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    new Random(3).nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  @Test
  void smallPicturesLoseNothing() throws Exception {
    RgbImage image = noise(20, 10);
    Thumbnail thumbnail = Thumbnail.of("p", "id", image, 4000);
    assertEquals("image/png", thumbnail.type());
    assertTrue(thumbnail.dataUri().startsWith("data:image/png;base64,iVBOR"), thumbnail.dataUri());
    assertArrayEquals(image.rgb(), ImageDecoder.decode(thumbnail.bytes(), 1000).rgb());
  }

  @Test
  void whateverThePictureItFits() throws Exception {
    for (int[] size : new int[][] {{128, 128}, {128, 3}, {2, 128}, {1, 1}}) {
      for (int most : new int[] {Thumbnail.LEAST_BYTES, 3000, 9000}) {
        Thumbnail thumbnail = Thumbnail.of("p", "id", noise(size[0], size[1]), most);
        assertTrue(thumbnail.bytes().length <= most, thumbnail.bytes().length + " > " + most);
        RgbImage shown = ImageDecoder.decode(thumbnail.bytes(), 100_000);
        assertEquals(thumbnail.width(), shown.width());
        assertEquals(thumbnail.height(), shown.height());
      }
    }
  }

  @Test
  void aThousandSetsShareTheBudget() {
    for (int sets : new int[] {1, 2, 11, 101, 1000}) {
      int pictures = 5 * sets * Thumbnails.perLevel(sets);
      assertTrue((long) pictures * Thumbnails.bytesEach(pictures) <= 5_000_000, "sets: " + sets);
    }
    assertEquals(6, Thumbnails.perLevel(11));
    assertEquals(3, Thumbnails.perLevel(101));
  }

  @Test
  void hiddenCharactersAreShown() {
    assertEquals("photo[U+202E]gnp.exe", VisibleText.of("photo\u202egnp.exe"));
    assertEquals("a[U+000A]b[U+0000][U+2028]", VisibleText.of("a\nb\0\u2028"));
    assertEquals("[U+D800]x", VisibleText.of("\ud800x"));
    String usual = "é 猫 \ud83d\udc69\u200d\ud83d\udd2c <b>\"'&";
    assertEquals(usual, VisibleText.of(usual));
  }
}
