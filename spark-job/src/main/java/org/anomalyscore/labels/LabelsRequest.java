package org.anomalyscore.labels;

import java.util.Objects;

/**
 * What to summarise by label.
 *
 * @param scores folder of the tables
 * @param dataset whose images have labels
 * @param file of labels, see {@link ImageLabels}; null for the folders' names
 * @param ordered labels are numbers, over which trends are tested
 * @param configId whose scores to take; null where the tables leave no choice
 * @param allowIncomplete takes a set whose last score run did not end well, with a warning
 */
record LabelsRequest(
    String scores,
    String dataset,
    String file,
    boolean ordered,
    String configId,
    boolean allowIncomplete) {

  LabelsRequest {
    Objects.requireNonNull(scores, "scores");
    Objects.requireNonNull(dataset, "dataset");
  }
}
