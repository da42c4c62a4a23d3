package org.anomalyscore.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The demo's feature model: a small convolutional network that {@code train_demo_model.py} trained
 * to classify scenes, with its card.
 */
public final class DemoModel {

  private static final String NAME = "demo-scenes";

  private DemoModel() {}

  /**
   * Copies the module and its card out of the jar, over files that are there.
   *
   * @param folder made if absent
   * @return the TorchScript file; its card is beside it
   */
  public static Path write(Path folder) throws IOException {
    Files.createDirectories(folder);
    copy(NAME + ".yaml", folder);
    return copy(NAME + ".pt", folder);
  }

  private static Path copy(String name, Path folder) throws IOException {
    try (InputStream resource = DemoModel.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new FileNotFoundException(
            "The demo's model file " + name + " is not in this jar: it was packaged incompletely.");
      }
      Path file = folder.resolve(name);
      Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
      return file;
    }
  }
}
