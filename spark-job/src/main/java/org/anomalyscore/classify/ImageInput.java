package org.anomalyscore.classify;

import java.util.Locale;

/** What a classifier sees of an image. */
public enum ImageInput {
  /** The features that are stored. */
  FEATURES("Features"),
  /** The decoded image. */
  PIXELS("Pixels"),
  /** Of the decoded image the low spatial frequencies alone. */
  LOW_PASS("Low frequencies"),
  /** Of the decoded image all but the low spatial frequencies. */
  HIGH_PASS("High frequencies");

  private final String title;

  ImageInput(String title) {
    this.title = title;
  }

  /** As a column of the report is called. */
  String title() {
    return title;
  }

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
