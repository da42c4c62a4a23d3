package org.anomalyscore.evaluate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.KeptOutput;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.ScoreRuns;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableRow;
import org.anomalyscore.table.TableStore;

/** The features that scores kept of data sets, under the one configuration of all of them. */
final class KeptFeatures {

  private final TableStore store;
  private final ScoreTimes times;
  private final ConfigurationChoice choice;
  private final boolean allowIncomplete;

  /**
   * Chooses the configuration.
   *
   * @throws UserException when a set is missing, incomplete, or was scored differently, or the run
   *     could not be recorded
   */
  KeptFeatures(TableStore store, List<String> datasets, String configId, boolean allowIncomplete) {
    store.requireWritable("the folder of --scores, where the table runs lies");
    this.store = store;
    this.allowIncomplete = allowIncomplete;
    this.times = ScoreTimes.read(store);
    this.choice = ConfigurationChoice.of(store, times, datasets, configId);
    Completeness.require(
        store,
        times,
        ScoreRuns.read(store, choice.configId()),
        choice.configId(),
        datasets,
        allowIncomplete);
  }

  ConfigurationChoice choice() {
    return choice;
  }

  /** The row of the table of runs of a command on them that ends well, with what came out. */
  TableRow complete(Run run, Map<String, Object> result) {
    Map<String, Object> configuration = new TreeMap<>(result);
    configuration.put("scores", store.location(Table.SCORES));
    configuration.put("allow_incomplete", allowIncomplete);
    return run.complete(choice.configId(), configuration);
  }

  /** Of as many images as have that output, which may be none; to be closed. */
  FeatureSet of(String dataset, KeptOutput output) {
    return FeatureSet.of(
        CurrentScores.kept(store, times, choice.configId(), dataset, null, output));
  }

  /** At least two images' features; to be closed. */
  FeatureSet of(String dataset) {
    FeatureSet features = of(dataset, KeptOutput.FEATURES);
    if (features.size() < 2) {
      features.close();
      throw new UserException(
          "The scores of data set '%s' have the features of %d images, and a covariance takes two."
                  .formatted(dataset, features.size())
              + " Score it with --features, into another folder if it is scored already.");
    }
    return features;
  }
}
