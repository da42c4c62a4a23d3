package org.anomalyscore.functions;

import java.io.Serializable;
import java.util.List;
import org.anomalyscore.stats.TwoSamples;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ImplicitCastInputTypes;
import org.apache.spark.sql.catalyst.expressions.aggregate.ImperativeAggregate;
import org.apache.spark.sql.catalyst.expressions.aggregate.TypedImperativeAggregate;
import org.apache.spark.sql.types.AbstractDataType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import scala.collection.Iterator;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * An aggregate over the rows of a reference and a generated sample. Its first arguments are a row's
 * one or two coordinates, the next tells whether the row is the reference's; a row with a NULL
 * among these is left out.
 *
 * <p>The buffer holds primitive values, never rows as objects. Immutable, as all expressions; Spark
 * copies it by its {@link #productElement elements}, which are the arguments of a constructor that
 * each subclass has.
 */
abstract class TwoSampleAggregate extends TypedImperativeAggregate<TwoSamples>
    implements ImplicitCastInputTypes, Serializable {

  private final int coordinates;
  private final Seq<Expression> children;
  private final int mutableAggBufferOffset;
  private final int inputAggBufferOffset;
  private final int maxRows;

  /**
   * @param coordinates of a row, 1 or 2
   * @param maxRows beyond which a group is refused
   */
  TwoSampleAggregate(
      int coordinates,
      Seq<Expression> children,
      int mutableAggBufferOffset,
      int inputAggBufferOffset,
      int maxRows) {
    this.coordinates = coordinates;
    this.children = children;
    this.mutableAggBufferOffset = mutableAggBufferOffset;
    this.inputAggBufferOffset = inputAggBufferOffset;
    this.maxRows = maxRows;
  }

  /** This function of other arguments. */
  abstract TwoSampleAggregate copy(
      Seq<Expression> newChildren, int newMutableOffset, int newInputOffset, int sameMaxRows);

  /** The function's value; NaN stands for NULL. */
  abstract double result(TwoSamples samples);

  final Expression argument(int i) {
    return children.apply(i);
  }

  @Override
  public TwoSamples createAggregationBuffer() {
    return coordinates == 1 ? TwoSamples.ofNumbers(maxRows) : TwoSamples.ofPoints(maxRows);
  }

  @Override
  public TwoSamples update(TwoSamples buffer, InternalRow row) {
    Object x = argument(0).eval(row);
    Object isReference = argument(coordinates).eval(row);
    if (x == null || isReference == null) {
      return buffer;
    }
    if (coordinates == 1) {
      buffer.accept((Boolean) isReference, (Double) x);
      return buffer;
    }
    Object y = argument(1).eval(row);
    if (y != null) {
      buffer.accept((Boolean) isReference, (Double) x, (Double) y);
    }
    return buffer;
  }

  @Override
  public TwoSamples merge(TwoSamples buffer, TwoSamples other) {
    buffer.combine(other);
    return buffer;
  }

  @Override
  public Object eval(TwoSamples buffer) {
    double result = result(buffer);
    return Double.isNaN(result) ? null : result;
  }

  @Override
  public byte[] serialize(TwoSamples buffer) {
    return buffer.toBytes();
  }

  @Override
  public TwoSamples deserialize(byte[] bytes) {
    TwoSamples buffer = createAggregationBuffer();
    buffer.addBytes(bytes);
    return buffer;
  }

  @Override
  public Seq<AbstractDataType> inputTypes() {
    return coordinates == 1
        ? Scala.seq(List.of(DataTypes.DoubleType, DataTypes.BooleanType))
        : Scala.seq(List.of(DataTypes.DoubleType, DataTypes.DoubleType, DataTypes.BooleanType));
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
  public Seq<Expression> children() {
    return children;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> newChildren) {
    return copy(newChildren, mutableAggBufferOffset, inputAggBufferOffset, maxRows);
  }

  @Override
  public int mutableAggBufferOffset() {
    return mutableAggBufferOffset;
  }

  @Override
  public int inputAggBufferOffset() {
    return inputAggBufferOffset;
  }

  @Override
  public ImperativeAggregate withNewMutableAggBufferOffset(int offset) {
    return copy(children, offset, inputAggBufferOffset, maxRows);
  }

  @Override
  public ImperativeAggregate withNewInputAggBufferOffset(int offset) {
    return copy(children, mutableAggBufferOffset, offset, maxRows);
  }

  /** What plans and column names show: the arguments alone. */
  @Override
  @SuppressWarnings("unchecked") // an iterator only gives
  public Iterator<Object> stringArgs() {
    return (Iterator<Object>) (Iterator<?>) children.iterator();
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int n) {
    return switch (n) {
      case 0 -> children;
      case 1 -> mutableAggBufferOffset;
      case 2 -> inputAggBufferOffset;
      case 3 -> maxRows;
      default -> throw new IndexOutOfBoundsException(n);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other != null && getClass() == other.getClass();
  }

  @Override
  public boolean equals(Object other) {
    return canEqual(other)
        && other instanceof TwoSampleAggregate o
        && children.equals(o.children)
        && mutableAggBufferOffset == o.mutableAggBufferOffset
        && inputAggBufferOffset == o.inputAggBufferOffset
        && maxRows == o.maxRows;
  }

  @Override
  public int hashCode() {
    return super.hashCode(); // of the elements
  }
}
