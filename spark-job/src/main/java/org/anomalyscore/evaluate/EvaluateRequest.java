package org.anomalyscore.evaluate;

import java.util.List;
import java.util.Objects;
import org.anomalyscore.stats.AnomalyScore;

/**
 * What to evaluate.
 *
 * @param scores folder of the tables that hold the scores
 * @param out folder of the tables {@code evaluations} and {@code runs}; null for {@code scores}
 * @param reference data set of natural images
 * @param generated data sets that are compared with it
 * @param configId whose scores to compare; null where the tables leave no choice
 * @param allowIncomplete takes sets whose last score run did not end well, with a warning
 * @param features what is computed of the features, where the scores have them
 * @param options of the statistics
 */
public record EvaluateRequest(
    String scores,
    String out,
    String reference,
    List<String> generated,
    String configId,
    boolean allowIncomplete,
    Features features,
    AnomalyScore.Options options) {

  /** What is computed of features: each computes what the one before does, and more. */
  public enum Features {
    UNUSED,
    SET_MEASURES,
    IMAGE_MEASURES
  }

  public EvaluateRequest {
    Objects.requireNonNull(scores, "scores");
    out = out == null ? scores : out;
    generated = List.copyOf(generated);
  }

  /** All sets of a folder under its one configuration, with what is computed by default. */
  public static EvaluateRequest of(String scores, String reference, List<String> generated) {
    return new EvaluateRequest(
        scores,
        scores,
        reference,
        generated,
        null,
        false,
        Features.SET_MEASURES,
        AnomalyScore.Options.DEFAULT);
  }

  /** The same of one configuration. */
  public EvaluateRequest withConfigId(String value) {
    return new EvaluateRequest(
        scores, out, reference, generated, value, allowIncomplete, features, options);
  }
}
