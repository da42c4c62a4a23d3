package org.anomalyscore.evaluate;

import java.util.List;
import java.util.Objects;
import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;

/**
 * What to evaluate.
 *
 * @param scores folder of the tables that hold the scores
 * @param out folder of the tables {@code evaluations} and {@code runs}; null for {@code scores}
 * @param reference data set of natural images
 * @param generated data sets that are compared with it
 * @param configId whose scores to compare; null where the tables leave no choice
 * @param allowIncomplete takes sets whose last score run did not end well, with a warning
 * @param training data set that the generators were trained on, whose copies are looked for; or
 *     null
 * @param setMeasures computes set measures, where the scores have features
 * @param perImage keeps the measures of each generated image
 * @param flagRate the false discovery rate of flags, in (0, 1)
 * @param options of the statistics
 */
public record EvaluateRequest(
    String scores,
    String out,
    String reference,
    List<String> generated,
    String configId,
    boolean allowIncomplete,
    boolean setMeasures,
    String training,
    boolean perImage,
    double flagRate,
    AnomalyScore.Options options) {

  public EvaluateRequest {
    Objects.requireNonNull(scores, "scores");
    out = out == null ? scores : out;
    generated = List.copyOf(generated);
    if (training != null && !setMeasures) {
      throw new UserException(
          "--training compares features, which --no-set-measures leaves out. Leave out one of the"
              + " two.");
    }
    if (!(flagRate > 0 && flagRate < 1)) {
      throw new UserException(
          "Cannot flag images at a false discovery rate of "
              + flagRate
              + ": it must lie between 0 and 1, such as 0.05. Correct --flag-fdr.");
    }
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
        true,
        null,
        false,
        Evaluator.FLAG_RATE,
        AnomalyScore.Options.DEFAULT);
  }

  /** The same of one configuration. */
  public EvaluateRequest withConfigId(String value) {
    return new EvaluateRequest(
        scores,
        out,
        reference,
        generated,
        value,
        allowIncomplete,
        setMeasures,
        training,
        perImage,
        flagRate,
        options);
  }
}
