package org.anomalyscore.classify;

import java.util.Locale;

/** What a classifier sees of an image. */
public enum ImageInput {
  /** The features that are stored. */
  FEATURES,
  /** The decoded image. */
  PIXELS,
  /** Of the decoded image the low spatial frequencies alone. */
  LOW_PASS,
  /** Of the decoded image all but the low spatial frequencies. */
  HIGH_PASS;

  /** As in the table. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As a user writes it. */
  @Override
  public String toString() {
    return text().replace('_', '-');
  }
}
