package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.apache.spark.sql.types.StructType;

/** The columns of {@code label_summaries}; what is not defined is NULL. */
final class LabelColumns {

  static final StructType SCHEMA = schema();

  private LabelColumns() {}

  private static StructType schema() {
    StructType s =
        new StructType()
            .add("run_id", StringType, false)
            .add("summarised_at", TimestampType, false)
            .add("config_id", StringType, false)
            .add("model", StringType, false)
            .add("dataset", StringType, false)
            // The file of labels, or "folder".
            .add("labels", StringType, false)
            .add("ordered", BooleanType, false)
            // NULL in the row of all labelled images.
            .add("label", StringType)
            // The label as a number, where labels are ordered.
            .add("label_value", DoubleType)
            .add("n", LongType, false)
            // Images without a label, and labels without an image; in the row of all images.
            .add("unlabelled", LongType)
            .add("unmatched", LongType)
            .add("confidence", DoubleType, false);
    for (String measure : new String[] {"complexity", "vulnerability", "as_i"}) {
      s =
          s.add("mean_" + measure, DoubleType, false)
              .add("mean_" + measure + "_low", DoubleType)
              .add("mean_" + measure + "_high", DoubleType);
    }
    // Trends over ordered labels; in the row of all images.
    for (String measure : new String[] {"complexity", "vulnerability", "as_i"}) {
      s =
          s.add("spearman_" + measure, DoubleType)
              .add("spearman_p_" + measure, DoubleType)
              .add("jonckheere_" + measure, DoubleType)
              .add("jonckheere_z_" + measure, DoubleType)
              .add("jonckheere_p_" + measure, DoubleType);
    }
    return s;
  }
}
