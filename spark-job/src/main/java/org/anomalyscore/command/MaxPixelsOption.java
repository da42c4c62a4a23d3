package org.anomalyscore.command;

import org.anomalyscore.storage.UserException;
import picocli.CommandLine.Option;

/** The largest image that is decoded. */
public final class MaxPixelsOption {

  @Option(
      names = "--max-pixels",
      defaultValue = "100000000",
      paramLabel = "N",
      description =
          "Rejects images of more than this number of pixels (width times height) before they are"
              + " decoded. Default: ${DEFAULT-VALUE}.")
  private long pixels;

  /**
   * The limit.
   *
   * @throws UserException if it is below 1
   */
  public long pixels() {
    if (pixels < 1) {
      throw new UserException("--max-pixels is " + pixels + ". Give 1 or more.");
    }
    return pixels;
  }
}
