package org.anomalyscore.classify;

import java.util.List;
import java.util.Objects;

/**
 * What to classify.
 *
 * @param scores folder of the tables, whose scores have features
 * @param reference data set of natural images
 * @param generated data sets that are told from it and from each other
 * @param configId whose features to use; null where the tables leave no choice
 * @param allowIncomplete takes sets whose last score run did not end well, with a warning
 * @param options of the split
 * @param pixels how networks are trained on pixels; null where features are classified
 */
record ClassifyRequest(
    String scores,
    String reference,
    List<String> generated,
    String configId,
    boolean allowIncomplete,
    SplitOptions options,
    PixelOptions pixels) {

  ClassifyRequest {
    Objects.requireNonNull(scores, "scores");
    generated = List.copyOf(generated);
  }
}
