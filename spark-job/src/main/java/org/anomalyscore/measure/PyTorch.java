package org.anomalyscore.measure;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import org.anomalyscore.storage.UserException;

/** The native PyTorch of this JVM. */
final class PyTorch {

  private PyTorch() {}

  /**
   * Loads the native library where that has not happened yet.
   *
   * @throws UserException where this machine has none
   */
  static Engine start() {
    // DJL looks for newer native libraries on the network, and reports its use, unless told not to.
    System.setProperty("ai.djl.offline", "true");
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException e) {
      throw new UserException(
          "PyTorch's native library cannot be loaded: "
              + e.getMessage()
              + ". The job brings it for Linux on x86-64; elsewhere, or for CUDA, name one with"
              + " PYTORCH_LIBRARY_PATH, PYTORCH_VERSION and PYTORCH_FLAVOR (see docs/running.md).",
          e);
    }
  }
}
