package org.anomalyscore.command;

import org.anomalyscore.measure.EngineOptions;
import picocli.CommandLine.Option;

/** Up to how many pixels an image may have to be decoded. */
public final class MaxPixelsOption {

  private static final String NAME = "--max-pixels";

  @Option(
      names = NAME,
      paramLabel = "N",
      description =
          "Leaves images of more than this number of pixels (width times height) out before they are"
              + " decoded; where images are scored, as rejects. Default: "
              + EngineOptions.MOST_PIXELS
              + ".")
  private Long given;

  /** What was given, or null. */
  public Long given() {
    return given;
  }

  /**
   * What holds.
   *
   * @throws org.anomalyscore.storage.UserException if it is below 1
   */
  public long pixels() {
    return Positive.require(NAME, given == null ? EngineOptions.MOST_PIXELS : given);
  }
}
