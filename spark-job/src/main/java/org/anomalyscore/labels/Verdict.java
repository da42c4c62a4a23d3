package org.anomalyscore.labels;

import java.util.Locale;

/** Whether a measure may be used to find images that people label low. */
enum Verdict {
  USABLE("may be used"),
  WEAK("agrees, but too weakly for single images"),
  NONE("no agreement found"),
  /** No permutation test, one too coarse for this many measures, or too few images. */
  NOT_TESTED("not tested");

  /**
   * A medium effect in Cohen's words (1988, Statistical Power Analysis, section 3.2). Where both
   * are normal, two of five pairs of images are then still ordered against the labels, so that less
   * is of no use for single images.
   */
  static final double LEAST_CORRELATION = 0.3;

  static final double SIGNIFICANT = 0.05;

  private final String words;

  Verdict(String words) {
    this.words = words;
  }

  /**
   * Judges.
   *
   * @param correlation with the label
   * @param p adjusted for all measures that are judged beside it; NaN where it is not known
   */
  static Verdict of(double correlation, double p) {
    return p < SIGNIFICANT ? Math.abs(correlation) >= LEAST_CORRELATION ? USABLE : WEAK : NONE;
  }

  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Verdict ofColumn(String column) {
    return valueOf(column.toUpperCase(Locale.ROOT));
  }

  String words() {
    return words;
  }
}
