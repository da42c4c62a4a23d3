package org.anomalyscore.demo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Writes the demo's images as PNG folders, one a {@link DemoSet}. */
public final class DemoImages {

  private DemoImages() {}

  /**
   * Writes {@code FOLDER/DATASET/INDEX.png} for every {@link DemoSet}; files that are there stay as
   * they are.
   *
   * @param seed which demo; the same seed gives the same pixels
   * @param references images in the reference set, above 0
   * @param generated images in each of the other sets, above 0
   * @throws UncheckedIOException when a file cannot be written
   */
  public static void write(Path folder, long seed, int references, int generated) {
    for (DemoSet set : DemoSet.values()) {
      int count = set == DemoSet.REFERENCE ? references : generated;
      write(folder.resolve(set.dataset()), set, seed, count);
    }
  }

  private static void write(Path folder, DemoSet set, long seed, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "The demo set " + set.dataset() + " needs at least 1 image, got " + count + ".");
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot make the folder " + folder + ".", e);
    }
    IntStream.range(0, count)
        .parallel()
        .forEach(
            index -> {
              Path file = folder.resolve(String.format("%04d.png", index));
              // A file that is there keeps its time, so that a second demo scores nothing again.
              if (Files.notExists(file)) {
                writePng(set.image(seed, index), file);
              }
            });
  }

  static void writePng(BufferedImage image, Path file) {
    try {
      if (!ImageIO.write(image, "png", file.toFile())) {
        throw new IOException("this JDK has no PNG writer");
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the image " + file + ".", e);
    }
  }
}
