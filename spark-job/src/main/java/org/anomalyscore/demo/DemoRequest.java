package org.anomalyscore.demo;

import java.nio.file.Path;

/**
 * What to demonstrate.
 *
 * @param out local folder for images, model and tables
 * @param references images of the reference set, 2 or more; the other sets have half as many
 */
record DemoRequest(Path out, int references) {

  DemoRequest {
    out = out.toAbsolutePath();
    if (references < 2) {
      throw new IllegalArgumentException("--images must be at least 2, but is " + references);
    }
  }

  Path images() {
    return out.resolve("images");
  }

  Path model() {
    return out.resolve("model");
  }

  /** Local on any cluster. */
  String tables() {
    return uri(out.resolve("tables"));
  }

  /** Not Path.toUri, whose percent signs Hadoop would take literally. */
  static String uri(Path path) {
    return "file://" + path;
  }
}
