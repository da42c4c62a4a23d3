package org.anomalyscore.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;

/**
 * Draws labelled scenes for the training of the demo's model: {@code FOLDER/LABEL/INDEX.png}. Its
 * arguments are FOLDER, SEED and COUNT; see {@code src/main/python/train_demo_model.py}.
 */
public final class DrawScenes {

  private DrawScenes() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      throw new IllegalArgumentException(
          "Wanted 3 arguments, FOLDER SEED COUNT, got " + arguments.length + ".");
    }
    draw(Path.of(arguments[0]), Long.parseLong(arguments[1]), Integer.parseInt(arguments[2]));
  }

  /**
   * Draws the scenes 0 to count - 1 of a seed.
   *
   * @throws java.io.UncheckedIOException when a file cannot be written
   */
  static void draw(Path folder, long seed, int count) throws IOException {
    for (int label = 0; label < SceneArtist.CLASSES; label++) {
      Files.createDirectories(folder.resolve(Integer.toString(label)));
    }
    IntStream.range(0, count)
        .parallel()
        .forEach(
            index -> {
              String label = Integer.toString(SceneArtist.label(seed, index));
              String name = String.format("%05d.png", index);
              DemoImages.writePng(
                  SceneArtist.draw(seed, index), folder.resolve(label).resolve(name));
            });
  }
}
