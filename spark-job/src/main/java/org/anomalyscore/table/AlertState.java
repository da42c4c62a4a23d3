package org.anomalyscore.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * What a benchmark says of a generator in a night; the constants stand in the order in which a
 * reader wants to hear of them.
 */
public enum AlertState {
  /** It became less natural than its baseline. */
  REGRESSED,
  /** It did so in an earlier night, and has neither recovered nor been acknowledged since. */
  STILL_REGRESSED,
  /** It could not be evaluated in this night. */
  FAILED,
  /** It was evaluated in an earlier night, and this night's manifest does not name it. */
  STALE,
  /** It had regressed, and lies within what chance makes of its baseline again. */
  RECOVERED,
  /** There is no night that it could be compared with. */
  NEW,
  OK,
  /** No night's state: a person took the present level for the new baseline. */
  ACKNOWLEDGED;

  /** As it stands in the tables and in JSON. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As it stands in a sentence. */
  public String words() {
    return text().replace('_', ' ');
  }

  /**
   * The constant of a text.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static AlertState of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The state of a row of {@code alerts}. */
  public static AlertState of(TableRow row) {
    return of((String) row.get("state"));
  }

  /** Whether a night in this state stays out of the baseline, and calls for a person. */
  public boolean isAlert() {
    return this == REGRESSED || this == STILL_REGRESSED;
  }

  /** Whether the generator was evaluated in its night. */
  public boolean isEvaluated() {
    return this != FAILED && this != STALE && this != ACKNOWLEDGED;
  }

  /** How many there are of each, as {@code 2 regressed, 1 failed, 17 ok}. */
  public static String summary(Collection<AlertState> states) {
    List<String> counts = new ArrayList<>();
    for (AlertState state : values()) {
      int count = Collections.frequency(states, state);
      if (count > 0) {
        counts.add(count + " " + state.words());
      }
    }
    return String.join(", ", counts);
  }

  /** The same of rows of {@code alerts}. */
  public static String summaryOf(List<TableRow> rows) {
    return summary(rows.stream().map(AlertState::of).toList());
  }
}
