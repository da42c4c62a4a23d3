package org.anomalyscore.evaluate;

import java.util.List;
import org.anomalyscore.setmeasures.FeatureSet;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Completeness;
import org.anomalyscore.table.ConfigurationChoice;
import org.anomalyscore.table.CurrentScores;
import org.anomalyscore.table.ScoreRuns;
import org.anomalyscore.table.ScoreTimes;
import org.anomalyscore.table.TableStore;

/** The features that scores kept of data sets, under the one configuration of all of them. */
final class KeptFeatures {

  private final TableStore store;
  private final ScoreTimes times;
  private final ConfigurationChoice choice;

  /**
   * Chooses the configuration.
   *
   * @throws UserException when a set is missing, incomplete, or was scored differently
   */
  KeptFeatures(TableStore store, List<String> datasets, String configId, boolean allowIncomplete) {
    this.store = store;
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

  /** At least two images' features; to be closed. */
  FeatureSet of(String dataset) {
    FeatureSet features =
        FeatureSet.of(CurrentScores.features(store, times, choice.configId(), dataset, null));
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
