package org.anomalyscore.demo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoImagesTest {

  @Test
  void writesEverySetUnderItsName(@TempDir Path folder) throws IOException {
    DemoImages.write(folder, 0, 4, 3);
    List<String> counts = new ArrayList<>();
    for (DemoSet set : DemoSet.values()) {
      counts.add(set.dataset() + " " + pngs(folder.resolve(set.dataset())).size());
    }
    assertEquals(
        List.of("reference 4", "fresh-draws 3", "blurred 3", "checkerboard 3", "broken-geometry 3"),
        counts);
  }

  @Test
  void aSeedGivesTheSameFilesAndNoSceneTwice(@TempDir Path folder) throws IOException {
    DemoImages.write(folder.resolve("a"), 9, 3, 3);
    DemoImages.write(folder.resolve("b"), 9, 3, 3);
    Set<String> distinct = new HashSet<>();
    for (DemoSet set : DemoSet.values()) {
      for (Path file : pngs(folder.resolve("a").resolve(set.dataset()))) {
        Path again = folder.resolve("b").resolve(folder.resolve("a").relativize(file));
        assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again), file.toString());
        distinct.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    assertEquals(15, distinct.size());
  }

  @Test
  void filesHoldThePixelsThatWereDrawn(@TempDir Path folder) throws IOException {
    DemoImages.write(folder, 2, 1, 1);
    assertArrayEquals(
        Pixels.of(DemoSet.BLURRED.image(2, 0)),
        Pixels.of(ImageIO.read(folder.resolve("blurred/0000.png").toFile())));
  }

  @Test
  void labelledScenesLieUnderTheirClass(@TempDir Path folder) throws IOException {
    DrawScenes.draw(folder, 4, 5);
    for (int index = 0; index < 5; index++) {
      Path file = folder.resolve(SceneArtist.label(4, index) + "/0000" + index + ".png");
      assertArrayEquals(
          Pixels.of(SceneArtist.draw(4, index)), Pixels.of(ImageIO.read(file.toFile())));
    }
  }

  @Test
  void refusesAnEmptySet(@TempDir Path folder) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> DemoImages.write(folder, 0, 4, 0));
    assertEquals("The demo set fresh-draws needs at least 1 image, got 0.", refused.getMessage());
  }

  private static List<Path> pngs(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".png")).sorted().toList();
    }
  }
}
