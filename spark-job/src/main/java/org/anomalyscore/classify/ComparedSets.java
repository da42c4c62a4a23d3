package org.anomalyscore.classify;

import java.util.ArrayList;
import java.util.List;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.DatasetName;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;

/**
 * The data sets that are classified, and the configuration under which all of them were scored.
 *
 * @param names the reference first
 */
record ComparedSets(List<String> names, ScoreTimes times, ConfigurationChoice choice) {

  /**
   * Looks the sets up.
   *
   * @param configId under which configuration they were scored; null where the tables leave no
   *     choice
   * @param allowIncomplete warns of sets whose last score run did not end well, and does not refuse
   *     them
   * @throws org.anomalyscore.storage.UserException when a set is missing, incomplete, named twice,
   *     or was scored differently
   */
  static ComparedSets of(
      TableStore store,
      String reference,
      List<String> generated,
      String configId,
      boolean allowIncomplete) {
    List<String> names = new ArrayList<>(List.of(reference));
    names.addAll(generated);
    DatasetName.requireEachOnce(names);
    ScoreTimes times = ScoreTimes.read(store);
    ConfigurationChoice choice = ConfigurationChoice.of(store, times, names, configId);
    Completeness.require(store, times, choice.configId(), names, allowIncomplete);
    return new ComparedSets(names, times, choice);
  }

  String reference() {
    return names.get(0);
  }

  /** A row of {@code classifications} with all that is the same whatever a classifier sees. */
  TableRow row(Run run, SplitOptions options) {
    return TableRow.of(Table.CLASSIFICATIONS)
        .with("run_id", run.id())
        .with("classified_at", run.startedTimestamp())
        .with("config_id", choice.configId())
        .with("model", choice.model())
        .with("reference", reference())
        .with("test_fraction", options.testFraction())
        .with("seed", options.seed());
  }
}
