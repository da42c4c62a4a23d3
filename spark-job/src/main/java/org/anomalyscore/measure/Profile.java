package org.anomalyscore.measure;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The sets of {@link Parameter parameters} that have a name. */
public enum Profile {
  /** The paper's text. */
  PAPER(ScoreParameters.PAPER),
  /** The authors' published code. */
  AUTHORS_CODE(ScoreParameters.AUTHORS_CODE),
  /** The cost of the paper's on several draws, so that the score of one image repeats. */
  REPEATABLE(ScoreParameters.REPEATABLE);

  private final ScoreParameters parameters;

  Profile(ScoreParameters parameters) {
    this.parameters = parameters;
  }

  /**
   * The profile that {@link #text} names.
   *
   * @throws IllegalArgumentException if there is none; its message names those that there are
   */
  public static Profile named(String text) {
    return Arrays.stream(values())
        .filter(profile -> profile.text().equals(text))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("'" + text + "' is no profile; give " + names()));
  }

  private static String names() {
    return Arrays.stream(values()).map(Profile::text).collect(Collectors.joining(", "));
  }

  /** As options and manifests name it, such as {@code authors-code}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Its values, under seed 0. */
  public ScoreParameters parameters() {
    return parameters;
  }
}
