package org.anomalyscore.command;

import org.anomalyscore.storage.UserException;

/** Whole numbers that must be 1 or more. */
public final class Positive {

  private Positive() {}

  /**
   * The value.
   *
   * @throws UserException if it is below 1
   */
  public static int require(String option, int value) {
    require(option, (long) value);
    return value;
  }

  /** As {@link #require(String, int)}. */
  public static long require(String option, long value) {
    if (value < 1) {
      throw new UserException(option + " is " + value + ". Give 1 or more.");
    }
    return value;
  }
}
