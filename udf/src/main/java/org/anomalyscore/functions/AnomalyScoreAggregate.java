package org.anomalyscore.functions;

import java.util.List;
import org.anomalyscore.stats.TwoSamples;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionDescription;
import scala.collection.immutable.Seq;

/** {@code anomaly_score}: {@link TwoSamples#anomalyScore} in SQL. */
@ExpressionDescription(
    usage =
        "_FUNC_(complexity, vulnerability, is_reference) - Returns the Anomaly Score of the"
            + " generated images of a group against its reference images: the two-dimensional"
            + " Kolmogorov-Smirnov statistic of their (complexity, vulnerability), above 0 to 1."
            + " Higher is less natural. Small sets score higher, however good they are: compare"
            + " scores of equal counts only, or look at anomaly_score_p_value.",
    arguments =
        """

            Arguments:
              * complexity - C of an image, radians; a number
              * vulnerability - V of the image, a feature distance; a number
              * is_reference - a boolean: true for an image of the reference set, false for a
                  generated one
        \s\s""",
    examples =
        """

            Examples:
              > SELECT _FUNC_(c, v, r) FROM VALUES (1, 1, true), (2, 2, true), (8, 9, false) AS t(c, v, r);
               1.0
        \s\s""",
    note =
        """

            Rows in which an argument is NULL, NaN or infinite are left out. The result is NULL where
            no reference image or no generated image is left. The order of the rows changes nothing.
            A group takes 16 bytes a row until its end, then about 120 bytes a row for the ranking;
            one of more than 50000000 rows is refused.
        \s\s""",
    group = "agg_funcs",
    since = "0.1.0")
public final class AnomalyScoreAggregate extends TwoSampleAggregate {
  static final String NAME = "anomaly_score";

  /** The function of two doubles and a boolean, or of what is cast to them. */
  public AnomalyScoreAggregate(
      Expression complexity, Expression vulnerability, Expression isReference) {
    this(Scala.seq(List.of(complexity, vulnerability, isReference)), 0, 0, TwoSamples.MAX_ROWS);
  }

  /** As Spark copies it. */
  public AnomalyScoreAggregate(
      Seq<Expression> children, int mutableAggBufferOffset, int inputAggBufferOffset, int maxRows) {
    super(2, children, mutableAggBufferOffset, inputAggBufferOffset, maxRows);
  }

  @Override
  TwoSampleAggregate copy(
      Seq<Expression> newChildren, int newMutableOffset, int newInputOffset, int sameMaxRows) {
    return new AnomalyScoreAggregate(newChildren, newMutableOffset, newInputOffset, sameMaxRows);
  }

  @Override
  double result(TwoSamples samples) {
    return samples.anomalyScore();
  }

  @Override
  public String prettyName() {
    return NAME;
  }
}
