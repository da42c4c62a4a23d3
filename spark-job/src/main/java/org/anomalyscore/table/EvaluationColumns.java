package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.anomalyscore.table.Statistic.Group;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of {@code evaluations}. Undefined statistics (a t-test of one row, a permutation
 * p-value with no permutations) are NULL, never NaN, so that SQL aggregates skip them.
 */
final class EvaluationColumns {

  static final StructType SCHEMA = schema();

  private EvaluationColumns() {}

  private static StructType schema() {
    StructType s =
        new StructType()
            .add("run_id", StringType, false)
            .add("evaluated_at", TimestampType, false)
            .add("config_id", StringType, false)
            .add("model", StringType, false)
            .add("reference", StringType, false)
            .add("n_reference", LongType, false)
            .add("dataset", StringType, false)
            .add("n", LongType, false)
            // What a benchmark's manifest says of both sets; NULL in rows of the evaluate command.
            .add("reference_images", StringType)
            .add("images", StringType)
            // JSON, as in the table of runs: of the runs whose scores were compared.
            .add("reference_arithmetic", StringType)
            .add("arithmetic", StringType);
    s = add(s, Group.PEOPLE).add("labels", StringType);
    s =
        add(s, Group.SCORE)
            .add("confidence", DoubleType, false)
            .add("permutations", IntegerType, false)
            .add("resamples", IntegerType, false)
            .add("seed", LongType, false);
    s =
        add(add(add(s, Group.COMPLEXITY), Group.VULNERABILITY), Group.IMAGES)
            // The false discovery rate of the flags.
            .add("flag_fdr", DoubleType);
    // Of stored features; NULL where a set has none.
    s = add(s.add("n_features", LongType).add("n_features_reference", LongType), Group.SET);
    // NULL where the feature model's card names no such output.
    s = add(s, Group.OUTPUT);
    // NULL where no training set was named.
    return add(s.add("training", StringType).add("n_features_training", LongType), Group.TRAINING);
  }

  private static StructType add(StructType schema, Group group) {
    StructType s = schema;
    for (Statistic statistic : Statistic.of(group)) {
      // No evaluation is without its score.
      s = s.add(statistic.column(), DoubleType, statistic != Statistic.ANOMALY_SCORE);
      if (statistic.hasError()) {
        s = s.add(statistic.errorColumn(), DoubleType);
      }
    }
    return s;
  }
}
