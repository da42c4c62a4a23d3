package org.anomalyscore.functions;

import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistryBase$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import scala.Function1;
import scala.Option;
import scala.Tuple2;
import scala.Tuple3;
import scala.collection.immutable.Seq;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Brings the functions into every session of a Spark application:
 *
 * <pre>{@code
 * spark-sql --jars anomaly-score-udf.jar \
 *   --conf spark.sql.extensions=org.anomalyscore.functions.AnomalyScoreExtensions
 * }</pre>
 *
 * <p>{@code DESCRIBE FUNCTION EXTENDED anomaly_score} then shows what each is and takes.
 */
public final class AnomalyScoreExtensions
    extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    inject(extensions, AsI.NAME, AsI.class);
    inject(extensions, AnomalyScoreAggregate.NAME, AnomalyScoreAggregate.class);
    inject(extensions, PValueAggregate.NAME, PValueAggregate.class);
    inject(extensions, KsStatisticAggregate.NAME, KsStatisticAggregate.class);
    return BoxedUnit.UNIT;
  }

  private static <T extends Expression> void inject(
      SparkSessionExtensions extensions, String name, Class<T> type) {
    // As Spark does with its own: the description is the class's annotation, and each constructor
    // that takes expressions is a way to call the function.
    Tuple2<ExpressionInfo, Function1<Seq<Expression>, T>> function =
        FunctionRegistryBase$.MODULE$.build(name, Option.empty(), ClassTag$.MODULE$.apply(type));
    extensions.injectFunction(
        new Tuple3<>(new FunctionIdentifier(name), function._1(), function._2()::apply));
  }
}
