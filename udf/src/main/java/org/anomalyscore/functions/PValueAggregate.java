package org.anomalyscore.functions;

import java.util.List;
import java.util.Map;
import org.anomalyscore.stats.TwoSamples;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionDescription;
import org.apache.spark.sql.catalyst.expressions.Literal$;
import org.apache.spark.sql.types.AbstractDataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.Seq;

/** {@code anomaly_score_p_value}: {@link TwoSamples#permutationP} in SQL. */
@ExpressionDescription(
    usage =
        "_FUNC_(complexity, vulnerability, is_reference[, permutations[, seed]]) - Returns the"
            + " p-value of anomaly_score(complexity, vulnerability, is_reference): how often random"
            + " labels give at least that score, 1 / (1 + permutations) to 1. Small values say that"
            + " the generated images differ from the reference.",
    arguments =
        """

            Arguments:
              * complexity - C of an image, radians; a number
              * vulnerability - V of the image, a feature distance; a number
              * is_reference - a boolean: true for an image of the reference set, false for a
                  generated one
              * permutations - a constant from 1 to 1000000: how many random labellings to compare
                  with. The default is 1000
              * seed - a constant bigint: one seed gives one result. The default is 0
        \s\s""",
    examples =
        """

            Examples:
              > SELECT _FUNC_(c, v, r, 9) FROM VALUES (1, 1, true), (1, 1, false) AS t(c, v, r);
               1.0
        \s\s""",
    note =
        """

            Rows in which one of the first three arguments is NULL, NaN or infinite are left out. The
            result is NULL where no reference image or no generated image is left. The order of the
            rows changes nothing: the command evaluate gives the same value for the same images,
            permutations and seed. Each permutation costs about half of anomaly_score, so give few for
            millions of rows. A group takes 16 bytes a row until its end, then about 150 bytes a row;
            one of more than 50000000 rows is refused.
        \s\s""",
    group = "agg_funcs",
    since = "0.1.0")
public final class PValueAggregate extends TwoSampleAggregate {
  static final String NAME = "anomaly_score_p_value";

  private static final int MAX_PERMUTATIONS = 1_000_000;

  /** With 1000 permutations and seed 0. */
  public PValueAggregate(Expression complexity, Expression vulnerability, Expression isReference) {
    this(complexity, vulnerability, isReference, Literal$.MODULE$.apply(1000));
  }

  /** With seed 0. */
  public PValueAggregate(
      Expression complexity,
      Expression vulnerability,
      Expression isReference,
      Expression permutations) {
    this(complexity, vulnerability, isReference, permutations, Literal$.MODULE$.apply(0L));
  }

  /** The function of two doubles, a boolean, an int and a bigint, or of what is cast to them. */
  public PValueAggregate(
      Expression complexity,
      Expression vulnerability,
      Expression isReference,
      Expression permutations,
      Expression seed) {
    this(
        Scala.seq(List.of(complexity, vulnerability, isReference, permutations, seed)),
        0,
        0,
        TwoSamples.MAX_ROWS);
  }

  /** As Spark copies it. */
  public PValueAggregate(
      Seq<Expression> children, int mutableAggBufferOffset, int inputAggBufferOffset, int maxRows) {
    super(2, children, mutableAggBufferOffset, inputAggBufferOffset, maxRows);
  }

  @Override
  TwoSampleAggregate copy(
      Seq<Expression> newChildren, int newMutableOffset, int newInputOffset, int sameMaxRows) {
    return new PValueAggregate(newChildren, newMutableOffset, newInputOffset, sameMaxRows);
  }

  @Override
  public Seq<AbstractDataType> inputTypes() {
    return Scala.seq(
        List.of(
            DataTypes.DoubleType,
            DataTypes.DoubleType,
            DataTypes.BooleanType,
            DataTypes.IntegerType,
            DataTypes.LongType));
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    TypeCheckResult types = super.checkInputDataTypes();
    if (types.isFailure()) {
      return types;
    }
    for (int i = 3; i < 5; i++) {
      String name = i == 3 ? "permutations" : "seed";
      if (!argument(i).foldable()) {
        return mismatch(
            "NON_FOLDABLE_INPUT",
            Map.of(
                "inputName", "`" + name + "`",
                "inputType", '"' + argument(i).dataType().sql() + '"',
                "inputExpr", '"' + argument(i).sql() + '"'));
      }
      if (argument(i).eval(null) == null) {
        return mismatch("UNEXPECTED_NULL", Map.of("exprName", "`" + name + "`"));
      }
    }
    int permutations = permutations();
    return permutations >= 1 && permutations <= MAX_PERMUTATIONS
        ? types
        : mismatch(
            "VALUE_OUT_OF_RANGE",
            Map.of(
                "exprName",
                "`permutations`",
                "valueRange",
                "[1, " + MAX_PERMUTATIONS + "]",
                "currentValue",
                String.valueOf(permutations)));
  }

  private static TypeCheckResult mismatch(String condition, Map<String, String> parameters) {
    return new TypeCheckResult.DataTypeMismatch(condition, Scala.map(parameters));
  }

  private int permutations() {
    return (Integer) argument(3).eval(null);
  }

  @Override
  double result(TwoSamples samples) {
    return samples.permutationP(permutations(), (Long) argument(4).eval(null));
  }

  @Override
  public String prettyName() {
    return NAME;
  }
}
