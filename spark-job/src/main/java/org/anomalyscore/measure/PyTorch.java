package org.anomalyscore.measure;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import java.util.function.Supplier;
import org.anomalyscore.storage.UserException;

/** The native PyTorch of this JVM. */
public final class PyTorch {

  private PyTorch() {}

  /**
   * The gradient of a scalar.
   *
   * @param at where it is taken
   * @param scalar computes it from {@code at}, by arrays that stay open until it returns: libtorch
   *     keeps what it needs of them for the way back, but their memory is Java's. So a number is
   *     given as an array of a manager ({@code x.div(manager.create(2.0))}); {@code x.div(2.0)}
   *     makes one and closes it, after which its memory may hold anything
   */
  public static NDArray gradient(NDArray at, Supplier<NDArray> scalar) {
    // DJL's GradientCollector allows one user a JVM at a time; tasks run side by side, and
    // libtorch's gradient mode is a property of the thread.
    JniUtils.setGradMode(true);
    try {
      at.setRequiresGradient(true);
      NDArray value = scalar.get();
      JniUtils.backward((PtNDArray) value, (PtNDArray) value.onesLike(), false, false);
    } finally {
      JniUtils.setGradMode(false);
    }
    return at.getGradient();
  }

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
