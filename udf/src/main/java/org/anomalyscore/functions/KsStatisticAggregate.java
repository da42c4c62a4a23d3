package org.anomalyscore.functions;

import java.util.List;
import org.anomalyscore.stats.TwoSamples;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionDescription;
import scala.collection.immutable.Seq;

/** {@code ks_statistic}: {@link TwoSamples#kolmogorovSmirnov} in SQL. */
@ExpressionDescription(
    usage =
        "_FUNC_(x, is_reference) - Returns the two-sided Kolmogorov-Smirnov statistic of the"
            + " generated values of a group against its reference values: the largest difference"
            + " of their cumulative distributions, 0 to 1.",
    arguments =
        """

            Arguments:
              * x - a number, such as the complexity or the vulnerability of an image
              * is_reference - a boolean: true for a value of the reference set, false for a
                  generated one
        \s\s""",
    examples =
        """

            Examples:
              > SELECT _FUNC_(x, r) FROM VALUES (1, true), (3, true), (2, false), (4, false) AS t(x, r);
               0.5
        \s\s""",
    note =
        """

            Rows in which an argument is NULL, NaN or infinite are left out. The result is NULL where
            fewer than two reference values or fewer than two generated values are left. The order of
            the rows changes nothing. A group takes 8 bytes a row until its end, then about 40 bytes a
            row for sorting; one of more than 50000000 rows is refused.
        \s\s""",
    group = "agg_funcs",
    since = "0.1.0")
public final class KsStatisticAggregate extends TwoSampleAggregate {
  static final String NAME = "ks_statistic";

  /** The function of a double and a boolean, or of what is cast to them. */
  public KsStatisticAggregate(Expression x, Expression isReference) {
    this(Scala.seq(List.of(x, isReference)), 0, 0, TwoSamples.MAX_ROWS);
  }

  /** As Spark copies it. */
  public KsStatisticAggregate(
      Seq<Expression> children, int mutableAggBufferOffset, int inputAggBufferOffset, int maxRows) {
    super(1, children, mutableAggBufferOffset, inputAggBufferOffset, maxRows);
  }

  @Override
  TwoSampleAggregate copy(
      Seq<Expression> newChildren, int newMutableOffset, int newInputOffset, int sameMaxRows) {
    return new KsStatisticAggregate(newChildren, newMutableOffset, newInputOffset, sameMaxRows);
  }

  @Override
  double result(TwoSamples samples) {
    return samples.kolmogorovSmirnov();
  }

  @Override
  public String prettyName() {
    return NAME;
  }
}
