package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.apache.spark.sql.types.StructType;

/**
 * The columns of {@code alerts}, which are the fields of the alerts' JSON too. What is not defined
 * is NULL.
 */
final class AlertColumns {

  static final StructType SCHEMA = schema();

  private AlertColumns() {}

  private static StructType schema() {
    StructType s =
        new StructType()
            .add("run_id", StringType, false)
            // When the night's run under this model began; of an acknowledgement, its time.
            .add("evaluated_at", TimestampType, false)
            .add("config_id", StringType, false)
            .add("model", StringType, false)
            .add("reference", StringType, false)
            .add("dataset", StringType, false)
            // Of AlertState.
            .add("state", StringType, false)
            .add("previous_state", StringType)
            // The first night of an alert that is open; of an acknowledgement, the night at which
            // the baseline begins; of a set that is stale, its last evaluation.
            .add("since", TimestampType)
            .add("n", LongType)
            .add("anomaly_score", DoubleType)
            // At this night's numbers of images.
            .add("baseline", DoubleType)
            .add("baseline_rule", StringType)
            // Different draws that the baseline is made of: a night without new images is none.
            .add("baseline_nights", LongType)
            .add("baseline_run_id", StringType)
            .add("increase", DoubleType)
            // The greatest increase that would have raised no alert in this night.
            .add("threshold", DoubleType)
            // fdr, fixed or trend.
            .add("rule", StringType)
            .add("p_value", DoubleType)
            .add("q_value", DoubleType)
            .add("trend_nights", LongType)
            // Of the Anomaly Score, a night.
            .add("trend_slope", DoubleType);
    for (String measure : new String[] {"anomaly_score", "complexity", "vulnerability"}) {
      s = s.add("trend_p_" + measure, DoubleType).add("trend_q_" + measure, DoubleType);
    }
    // The false discovery rate of all tests of the night, over generators and models.
    return s.add("fdr", DoubleType).add("message", StringType);
  }
}
