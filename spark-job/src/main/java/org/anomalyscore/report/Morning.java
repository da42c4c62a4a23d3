package org.anomalyscore.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.anomalyscore.page.Comparison;
import org.anomalyscore.page.Night;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.AlertState;
import org.apache.spark.sql.Row;

/** The line on top of the page: how the generators are, and what is new since the night before. */
final class Morning {

  /** More names make no line. */
  private static final int MOST_NAMES = 8;

  private Morning() {}

  /**
   * The line, over all models.
   *
   * @return null where no benchmark ran
   */
  static String line(Map<List<String>, Night> nights, List<Comparison> comparisons) {
    List<AlertState> states = new ArrayList<>();
    List<String> news = new ArrayList<>();
    for (Comparison comparison : comparisons) {
      Night night = Night.of(nights, comparison);
      if (night != null) {
        for (Row row : night.rows().values()) {
          AlertState state = Night.stateOf(row);
          states.add(state);
          if (isNews(state, row.getAs("previous_state"))) {
            news.add(
                VisibleText.of(row.getAs("dataset"))
                    + " "
                    + (state == AlertState.OK ? "is back" : state.words())
                    + (comparisons.size() > 1
                        ? " under " + VisibleText.of(comparison.model())
                        : ""));
          }
        }
      }
    }
    if (states.isEmpty()) {
      return null;
    }
    if (news.size() > MOST_NAMES) {
      int more = news.size() - MOST_NAMES;
      news.subList(MOST_NAMES, news.size()).clear();
      news.add(more + " more");
    }
    return AlertState.summary(states)
        + "; since the night before: "
        + (news.isEmpty() ? "nothing new" : String.join(", ", news))
        + ".";
  }

  private static boolean isNews(AlertState state, String previous) {
    AlertState before = previous == null ? null : AlertState.of(previous);
    return switch (state) {
      case OK -> before != null && !before.isEvaluated();
      case NEW -> before == null;
      case FAILED, STALE -> before != state;
      case REGRESSED, RECOVERED -> true;
      case STILL_REGRESSED, ACKNOWLEDGED -> false;
    };
  }
}
