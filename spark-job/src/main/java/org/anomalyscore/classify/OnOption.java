package org.anomalyscore.classify;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.anomalyscore.command.MaxPixelsOption;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.training.PixelNetwork;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the classifiers see, and how networks are trained where that is pixels. */
final class OnOption {

  private static final int SIZE = 64;
  private static final double CUT_OFF = 0.25;
  private static final int EPOCHS = 60;

  @Option(
      names = "--on",
      defaultValue = "features",
      split = ",",
      paramLabel = "INPUT",
      description =
          "Lets classifiers see this: features (default), which score --features has kept; or any"
              + " of pixels, low-pass and high-pass, separated by commas. These read the images"
              + " again and train a network from scratch on them: whole, on their low spatial"
              + " frequencies alone, or on all but these.")
  private List<ImageInput> inputs;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description =
          "With pixels: resizes images to this number of pixels a side, a multiple of 4. What is"
              + " finer than these pixels no network sees. Default: "
              + SIZE
              + ".")
  private Integer size;

  @Option(
      names = "--train-sizes",
      split = ",",
      paramLabel = "N",
      description =
          "With pixels: trains also on this number of images of each class, or on several such"
              + " numbers, separated by commas. Default: only on all images beside the test"
              + " images.")
  private List<Integer> trainSizes;

  @Option(
      names = "--cut-off",
      paramLabel = "F",
      description =
          "With low-pass and high-pass: parts the frequencies here, in cycles a pixel of the resized"
              + " image, between 0 and 0.5. Default: "
              + CUT_OFF
              + ".")
  private Double cutOff;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description =
          "With pixels: passes through a training set this number of times at most. Training ends"
              + " earlier where the validation images are not told better for a third of it."
              + " Default: "
              + EPOCHS
              + ".")
  private Integer epochs;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      description =
          "With pixels: trains this network, residual-network (default) or vision-transformer. Which"
              + " one tells more depends on the images.")
  private PixelNetwork network;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      description =
          "With pixels: trains on this device: auto (default) is the GPU that Spark grants to the"
              + " task, or the CPU if it grants none.")
  private Devices.Mode device;

  @Mixin private MaxPixelsOption maxPixels;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /**
   * How networks are trained on pixels; null where features are classified.
   *
   * @throws ParameterException where options contradict each other
   * @throws org.anomalyscore.storage.UserException where a number has no meaning
   */
  PixelOptions pixels() {
    List<ImageInput> each = new ArrayList<>(new LinkedHashSet<>(inputs));
    if (each.contains(ImageInput.FEATURES)) {
      if (each.size() > 1) {
        throw usage("--on takes features alone, since their images are others; classify twice");
      }
      requireNone();
      return null;
    }
    if (cutOff != null && each.equals(List.of(ImageInput.PIXELS))) {
      throw usage("--cut-off is of --on low-pass and high-pass");
    }
    return new PixelOptions(
        each,
        network == null ? PixelNetwork.RESIDUAL_NETWORK : network,
        size == null ? SIZE : size,
        cutOff == null ? CUT_OFF : cutOff,
        trainSizes == null ? List.of() : trainSizes,
        epochs == null ? EPOCHS : epochs,
        device == null ? Devices.Mode.AUTO : device,
        maxPixels.pixels());
  }

  private void requireNone() {
    refuse("--image-size", size);
    refuse("--train-sizes", trainSizes);
    refuse("--cut-off", cutOff);
    refuse("--epochs", epochs);
    refuse("--network", network);
    refuse("--device", device);
    refuse("--max-pixels", maxPixels.given());
  }

  private void refuse(String option, Object given) {
    if (given != null) {
      throw usage(option + " has no meaning for features; give it with --on pixels");
    }
  }

  private ParameterException usage(String what) {
    return new ParameterException(command.commandLine(), what);
  }
}
