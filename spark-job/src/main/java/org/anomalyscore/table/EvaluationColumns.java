package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

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
            .add("human_error_rate", DoubleType)
            .add("human_error_rate_std_err", DoubleType)
            .add("labels", StringType)
            .add("anomaly_score", DoubleType, false)
            .add("anomaly_score_low", DoubleType)
            .add("anomaly_score_high", DoubleType)
            .add("anomaly_score_std_err", DoubleType)
            .add("confidence", DoubleType, false)
            .add("null_mean", DoubleType)
            .add("null_q95", DoubleType)
            .add("p_value", DoubleType)
            .add("p_value_asymptotic", DoubleType)
            .add("permutations", IntegerType, false)
            .add("resamples", IntegerType, false)
            .add("seed", LongType, false);
    for (String measure : new String[] {"complexity", "vulnerability"}) {
      s =
          s.add("mean_" + measure, DoubleType)
              .add("reference_mean_" + measure, DoubleType)
              .add("ks_" + measure, DoubleType)
              .add("ks_" + measure + "_p", DoubleType)
              .add("welch_t_" + measure, DoubleType)
              .add("welch_p_" + measure, DoubleType)
              .add("welch_p_greater_" + measure, DoubleType)
              .add("welch_p_less_" + measure, DoubleType)
              .add("mann_whitney_u_" + measure, DoubleType)
              .add("mann_whitney_p_" + measure, DoubleType)
              .add("mann_whitney_p_greater_" + measure, DoubleType)
              .add("mann_whitney_p_less_" + measure, DoubleType);
    }
    s =
        s.add("mean_as_i", DoubleType)
            .add("as_i_q05", DoubleType)
            .add("as_i_q25", DoubleType)
            .add("as_i_median", DoubleType)
            .add("as_i_q75", DoubleType)
            .add("as_i_q95", DoubleType);
    // Of stored features; NULL where a set has none.
    s = s.add("n_features", LongType).add("n_features_reference", LongType);
    for (String measure :
        new String[] {
          "frechet_distance", "kernel_distance", "precision", "recall", "density", "coverage"
        }) {
      s = s.add(measure, DoubleType).add(measure + "_std_err", DoubleType);
    }
    return s;
  }
}
