package org.anomalyscore.labels;

import java.util.Objects;
import org.anomalyscore.stats.AnomalyScore;

/**
 * What to compare with labels.
 *
 * @param scores folder of the tables
 * @param dataset whose images have labels
 * @param file of labels, see {@link ImageLabels}
 * @param reference data set of natural images, which atypicality, realism and rarity are measured
 *     beside; null for none
 * @param configId whose scores to take; null where the tables leave no choice
 * @param allowIncomplete takes sets whose last score run did not end well, with a warning
 * @param options of the statistics
 */
record CalibrateRequest(
    String scores,
    String dataset,
    String file,
    String reference,
    String configId,
    boolean allowIncomplete,
    AnomalyScore.Options options) {

  CalibrateRequest {
    Objects.requireNonNull(scores, "scores");
    Objects.requireNonNull(dataset, "dataset");
    Objects.requireNonNull(file, "file");
  }
}
