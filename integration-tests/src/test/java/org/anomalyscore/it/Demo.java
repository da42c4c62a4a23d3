package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The README's demo of fewer images, run once: several tests read what it leaves, and none writes
 * there.
 *
 * @param run what it printed
 * @param folder its {@code --out}
 */
record Demo(JobProcess.Result run, Path folder) {

  /** Of the reference set. */
  static final int REFERENCES = 120;

  /** Of each other set. */
  static final int GENERATED = REFERENCES / 2;

  private static Demo once;

  /** The demo of this JVM; the first caller waits for it. */
  static synchronized Demo once() throws IOException, InterruptedException {
    if (once == null) {
      Path folder = Checkout.scratch("demo");
      JobProcess.Result run =
          JobProcess.script("demo", "--images", "" + REFERENCES, "--out", folder.toString())
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
}
