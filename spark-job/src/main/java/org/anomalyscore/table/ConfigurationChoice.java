package org.anomalyscore.table;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.anomalyscore.storage.UserException;

/**
 * Which configuration's scores are compared: numbers of two configurations must never be mixed.
 *
 * @param configId as in the tables
 * @param model the feature model's name
 */
public record ConfigurationChoice(String configId, String model) {

  /**
   * Finds the one configuration under which all these data sets were scored.
   *
   * @param wanted a config_id, or null when there is only one to choose
   */
  public static ConfigurationChoice of(
      TableStore store, ScoreTimes times, List<String> datasets, String wanted) {
    Map<String, Set<String>> datasetsOf = times.datasets();
    Map<String, String> modelOf = times.models();
    if (datasetsOf.isEmpty()) {
      throw TableStore.noScores("the table " + store.location(Table.SCORES), "--scores");
    }
    List<String> complete =
        datasetsOf.entrySet().stream()
            .filter(e -> e.getValue().containsAll(datasets))
            .map(Map.Entry::getKey)
            .filter(id -> wanted == null || wanted.equals(id))
            .toList();
    if (complete.size() == 1) {
      return new ConfigurationChoice(complete.get(0), modelOf.get(complete.get(0)));
    }
    if (complete.isEmpty()) {
      throw new UserException(
          "No configuration"
              + (wanted == null ? "" : " " + wanted)
              + " in "
              + store.location(Table.SCORES)
              + " has scores of all of "
              + datasets
              + ". There are: "
              + datasetsOf
              + ". Score what is missing with the same model and profile, or correct the names.");
    }
    throw new UserException(
        "These data sets were scored under several configurations: "
            + complete
            + " (models "
            + complete.stream().map(modelOf::get).toList()
            + "). Choose one with --config-id.");
  }
}
