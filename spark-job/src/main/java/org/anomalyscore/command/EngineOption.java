package org.anomalyscore.command;

import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.ModelOpener;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What measures the images. */
public final class EngineOption {

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description =
          "Measures with this feature model, a TorchScript file with its card (NAME.yaml beside"
              + " it). A model in float64 gives the same scores on every machine; one in float32 is"
              + " several times faster, and its scores belong to one type of machine. A model is"
              + " code: trust it like a program.")
  private String model;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description =
          "Passes this number of images through the network at once. Results of one batch size are"
              + " bit-identical whatever the partitioning. Default: it depends on the model's input"
              + " size, 8 at 224 pixels and at most 32.")
  private Integer batchSize;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description =
          "Computes on this device: auto (default) is the GPU that Spark grants to the task, or the"
              + " CPU if it grants none; cpu is the CPU; gpu is a granted GPU, and an error if"
              + " there is none. A granted GPU that cannot be used is always an error.")
  private Devices.Mode device;

  @Mixin private MaxPixelsOption maxPixels;

  /** Looks whether the model is there, as {@link ModelOpener#requireThere}. */
  public void requireThere(Configuration hadoop) {
    ModelOpener.requireThere(hadoop, model);
  }

  /**
   * All of it.
   *
   * @throws UserException where a number has no meaning
   */
  public EngineOptions engine() {
    return new EngineOptions(model, batchSize, device, maxPixels.pixels());
  }
}
