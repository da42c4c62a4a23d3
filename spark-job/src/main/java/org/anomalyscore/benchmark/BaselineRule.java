package org.anomalyscore.benchmark;

import java.util.List;

/**
 * What a generator is compared with, as {@code thresholds.baseline} of the manifest says it.
 *
 * @param kind which of its nights count
 * @param nights how many of the last good nights, of {@link Kind#MEDIAN_OF}
 * @param runIds of {@link Kind#PINNED}, one for each model
 */
record BaselineRule(Kind kind, int nights, List<String> runIds) {

  /** A median of seven bears three bad nights that no alert had noticed. */
  static final BaselineRule DEFAULT = new BaselineRule(Kind.MEDIAN_OF, 7, List.of());

  /** Which nights count. */
  enum Kind {
    PREVIOUS,
    BEST,
    MEDIAN_OF,
    PINNED
  }

  /** What {@code benchmark.schema.json} lets pass: previous, best, median-of N, pinned RUN_ID. */
  static BaselineRule of(String text) {
    String[] words = text.split(" ", -1);
    return switch (words[0]) {
      case "previous" -> new BaselineRule(Kind.PREVIOUS, 1, List.of());
      case "best" -> new BaselineRule(Kind.BEST, Integer.MAX_VALUE, List.of());
      case "median-of" -> new BaselineRule(Kind.MEDIAN_OF, Integer.parseInt(words[1]), List.of());
      case "pinned" -> new BaselineRule(Kind.PINNED, 1, List.of(words).subList(1, words.length));
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** As the manifest has it. */
  String text() {
    return switch (kind) {
      case PREVIOUS -> "previous";
      case BEST -> "best";
      case MEDIAN_OF -> "median-of " + nights;
      case PINNED -> "pinned " + String.join(" ", runIds);
    };
  }
}
