package org.anomalyscore.table;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.anomalyscore.storage.UserException;
import org.apache.spark.sql.Row;

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
  public static ConfigurationChoice of(TableStore store, List<String> datasets, String wanted) {
    Map<String, Set<String>> datasetsOf = new TreeMap<>();
    Map<String, String> modelOf = new TreeMap<>();
    for (Row row :
        store
            .read(Table.SCORES)
            .select("config_id", "dataset", "model")
            .distinct()
            .collectAsList()) {
      String configId = row.getAs("config_id");
      datasetsOf.computeIfAbsent(configId, id -> new TreeSet<>()).add(row.getAs("dataset"));
      modelOf.put(configId, row.getAs("model"));
    }
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
