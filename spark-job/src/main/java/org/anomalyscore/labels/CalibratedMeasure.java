package org.anomalyscore.labels;

import java.util.Locale;

/** A measure of one image that is compared with people's labels. */
enum CalibratedMeasure {
  COMPLEXITY("C"),
  VULNERABILITY("V"),
  AS_I("AS-i"),
  /** Of the image beside a reference. */
  ATYPICALITY("atypicality"),
  /** Of the features, beside a reference. */
  REALISM("realism"),
  /** Of the features, beside a reference. */
  RARITY("rarity");

  private final String title;

  CalibratedMeasure(String title) {
    this.title = title;
  }

  /** As the columns of the tables are called. */
  String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  String title() {
    return title;
  }

  /** The measure of a column's name. */
  static CalibratedMeasure of(String column) {
    return valueOf(column.toUpperCase(Locale.ROOT));
  }
}
