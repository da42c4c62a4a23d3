package org.anomalyscore.pixels;

import java.util.Arrays;
import java.util.Locale;

/** Why an image has no score. The table holds the lower-case name. */
public enum RejectReason {
  /** The file cannot be opened or read: gone, no permission, an I/O error. */
  UNREADABLE,
  /** The file has no bytes. */
  EMPTY,
  /** The bytes are of no image format that is read here, or of a damaged one. */
  NOT_AN_IMAGE,
  /** The image ends before its last row. */
  TRUNCATED,
  /**
   * More pixels or scans than the limit, known before anything is decoded; or more time or memory
   * than decoding may take.
   */
  TOO_LARGE,
  /** Scored, but a step or a feature is zero or not finite, so that no number can be given. */
  DEGENERATE;

  /**
   * Texts of the reasons that a second look at the same bytes under the same configuration gives
   * again. What was unreadable may be read tomorrow, and the limit of size is an option.
   */
  public static String[] finalReasons() {
    return Arrays.stream(values())
        .filter(reason -> reason != UNREADABLE && reason != TOO_LARGE)
        .map(RejectReason::text)
        .toArray(String[]::new);
  }

  /** The text in the {@code reason} column. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
