package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The README's demo, run once a test JVM: several tests read what it leaves, and none writes there.
 *
 * @param run what it printed
 * @param folder its {@code --out}
 */
record Demo(JobProcess.Result run, Path folder) {

  private static Demo once;

  /** The demo of this JVM; the first caller waits for it. */
  static synchronized Demo once() throws IOException, InterruptedException {
    if (once == null) {
      Path folder =
          Checkout.ROOT.resolve("integration-tests/target/demo-" + System.getProperty("fork"));
      // A demo that finds its tables scores nothing.
      delete(folder);
      JobProcess.Result run =
          JobProcess.script("demo", "--out", folder.toString())
              .timeout(Duration.ofMinutes(10))
              .run();
      assertEquals(0, run.exitCode(), run::toString);
      once = new Demo(run, folder);
    }
    return once;
  }

  Path tables() {
    return folder.resolve("tables");
  }

  Path images() {
    return folder.resolve("images");
  }

  Path model() {
    return folder.resolve("model/demo-scenes.pt");
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      all.sorted(Comparator.reverseOrder())
          .forEach(
              path -> {
                try {
                  Files.delete(path);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
    }
  }
}
