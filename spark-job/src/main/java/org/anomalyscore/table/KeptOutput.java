package org.anomalyscore.table;

/** What {@code score --features} keeps of the network beside C and V; a column of scores each. */
public enum KeptOutput {
  /** The features, by which images are compared. */
  FEATURES("features"),
  /** The logits of the classes, where the feature model's card names them. */
  LOGITS("logits"),
  /** A spatial layer, where the card names one. */
  SPATIAL("spatial_features");

  private final String column;

  KeptOutput(String column) {
    this.column = column;
  }

  /** The column of {@code scores}, an array of float. */
  public String column() {
    return column;
  }
}
