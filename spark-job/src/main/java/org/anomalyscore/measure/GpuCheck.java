package org.anomalyscore.measure;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.pytorch.jni.JniUtils;
import org.anomalyscore.storage.UserException;

/** Refuses a GPU that the native PyTorch cannot use, or that does not compute in true float32. */
final class GpuCheck {

  /** 12 bits after the point: float32 keeps them, TF32's 10 bits of mantissa round to 1. */
  private static final float BEYOND_TF32 = 1 + 0x1p-12f;

  private static final int CHANNELS = 64;

  private GpuCheck() {}

  /**
   * Tries a GPU; the CPU always passes.
   *
   * @throws UserException with the remedy
   */
  static void requireUsable(Device device) {
    if (!device.isGpu()) {
      return;
    }
    Engine pytorch = PyTorch.start();
    if (!JniUtils.getFeatures().contains("CUDA")) {
      throw new UserException(
          "Spark granted "
              + device
              + " to a task, but the native PyTorch "
              + pytorch.getVersion()
              + " of this executor cannot use it: it is a build for the CPU, or NVIDIA's driver is"
              + " missing. Name a CUDA build with spark.executorEnv.PYTORCH_LIBRARY_PATH,"
              + " PYTORCH_VERSION and PYTORCH_FLAVOR (see conf/standalone-gpu), or choose --device"
              + " cpu.");
    }
    try (NDManager manager = NDManager.newBaseManager(device, "PyTorch")) {
      requireFloat32(device, "convolutions", convolution(manager), 9f * CHANNELS * BEYOND_TF32);
      requireFloat32(device, "matrix products", product(manager), CHANNELS * BEYOND_TF32);
    } catch (EngineException e) {
      throw new UserException(
          "PyTorch cannot compute on "
              + device
              + ". It says: "
              + EngineFault.said(e)
              + " Check that the discovery script prints the GPUs of this machine and that other"
              + " programs leave memory on them, or choose --device cpu.",
          e);
    }
  }

  /**
   * libtorch lets cuDNN round the inputs of a convolution to TF32 unless it is asked not to, and
   * DJL 0.35.1 has no call for it; NVIDIA's libraries read an environment variable. Looking at a
   * result proves that it worked, whoever set it.
   */
  static void requireFloat32(Device device, String what, float found, float exact) {
    // TF32 loses all of the part beyond it; another order of summation a few parts in 10^7.
    if (!(Math.abs(found - exact) < (exact - exact / BEYOND_TF32) / 2)) {
      throw new UserException(
          "PyTorch computes "
              + what
              + " on "
              + device
              + " in TF32, which rounds away the noise steps that complexity measures. Set"
              + " spark.executorEnv.NVIDIA_TF32_OVERRIDE=0 (under a local master:"
              + " NVIDIA_TF32_OVERRIDE=0 in the environment of the job).");
    }
  }

  /** The centre of a 3x3 convolution over all channels of a constant image. */
  static float convolution(NDManager manager) {
    NDArray image = manager.full(new Shape(8, CHANNELS, 32, 32), BEYOND_TF32);
    NDArray weight = manager.ones(new Shape(CHANNELS, CHANNELS, 3, 3));
    NDArray sums = Conv2d.conv2d(image, weight).singletonOrThrow();
    return sums.get("0, 0, 15, 15").getFloat();
  }

  static float product(NDManager manager) {
    NDArray left = manager.full(new Shape(256, CHANNELS), BEYOND_TF32);
    return left.matMul(manager.ones(new Shape(CHANNELS, 256))).get("0, 0").getFloat();
  }
}
