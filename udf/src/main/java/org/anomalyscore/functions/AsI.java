package org.anomalyscore.functions;

import java.io.Serializable;
import java.util.List;
import org.anomalyscore.stats.AnomalyScore;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionDescription;
import org.apache.spark.sql.catalyst.expressions.ImplicitCastInputTypes;
import org.apache.spark.sql.catalyst.expressions.codegen.Block;
import org.apache.spark.sql.catalyst.expressions.codegen.CodeBlock;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.AbstractDataType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** {@code as_i}: {@link AnomalyScore#perImage} in SQL, with NULL for NaN. */
@ExpressionDescription(
    usage =
        "_FUNC_(complexity, vulnerability) - Returns AS-i, the Anomaly Score of one image:"
            + " vulnerability / complexity. Whether a higher one is less natural depends on the"
            + " feature model.",
    arguments =
        """

            Arguments:
              * complexity - C of the image, radians; a number
              * vulnerability - V of the image, a feature distance; a number
        \s\s""",
    examples =
        """

            Examples:
              > SELECT _FUNC_(0.5, 20);
               40.0
              > SELECT _FUNC_(0, 20);
               NULL
        \s\s""",
    note =
        """

            The result is NULL, and never NaN, where AS-i is undefined: an argument is NULL, NaN or
            infinite, complexity is not above 0, or vulnerability is below 0.
        \s\s""",
    group = "math_funcs",
    since = "0.1.0")
public final class AsI extends Expression implements ImplicitCastInputTypes, Serializable {
  static final String NAME = "as_i";

  private final Expression complexity;
  private final Expression vulnerability;

  /** The function of two expressions of type double, or of what is cast to it. */
  public AsI(Expression complexity, Expression vulnerability) {
    this.complexity = complexity;
    this.vulnerability = vulnerability;
  }

  @Override
  public Seq<Expression> children() {
    return Scala.seq(List.of(complexity, vulnerability));
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new AsI(children.apply(0), children.apply(1));
  }

  @Override
  public boolean foldable() {
    return complexity.foldable() && vulnerability.foldable();
  }

  @Override
  public Seq<AbstractDataType> inputTypes() {
    return Scala.seq(List.of(DataTypes.DoubleType, DataTypes.DoubleType));
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    return ImplicitCastInputTypes.super.checkInputDataTypes();
  }

  @Override
  public DataType dataType() {
    return DataTypes.DoubleType;
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public String prettyName() {
    return NAME;
  }

  @Override
  public Object eval(InternalRow row) {
    Object c = complexity.eval(row);
    Object v = vulnerability.eval(row);
    double result =
        c == null || v == null ? Double.NaN : AnomalyScore.perImage((Double) c, (Double) v);
    return Double.isNaN(result) ? null : result;
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    ExprCode c = complexity.genCode(context);
    ExprCode v = vulnerability.genCode(context);
    String result =
        "double %s = %s || %s ? Double.NaN : %s.perImage(%s, %s);\nboolean %s = Double.isNaN(%s);\n"
            .formatted(
                code.value(),
                c.isNull(),
                v.isNull(),
                AnomalyScore.class.getName(),
                c.value(),
                v.value(),
                code.isNull(),
                code.value());
    Block block = new CodeBlock(Scala.seq(List.of(result)), Scala.seq(List.of()));
    return code.copy(c.code().$plus(v.code()).$plus(block), code.isNull(), code.value());
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int n) {
    return n == 0 ? complexity : vulnerability;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof AsI;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AsI o
        && complexity.equals(o.complexity)
        && vulnerability.equals(o.vulnerability);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
