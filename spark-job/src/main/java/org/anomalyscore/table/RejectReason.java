package org.anomalyscore.table;

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
  /** More pixels than the limit; known from the header, never decoded. */
  TOO_LARGE,
  /** Scored, but a step or a feature is zero or not finite, so that no number can be given. */
  DEGENERATE;

  /** The text that stands in the {@code reason} column. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
