package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.apache.spark.sql.types.StructType;

/** The columns of {@code calibrations}; what is not defined is NULL. */
final class CalibrationColumns {

  static final StructType SCHEMA =
      withCorrelation(
              withCorrelation(
                  new StructType()
                      .add("run_id", StringType, false)
                      .add("calibrated_at", TimestampType, false)
                      .add("config_id", StringType, false)
                      .add("model", StringType, false)
                      .add("dataset", StringType, false)
                      .add("labels", StringType, false)
                      .add("reference", StringType)
                      .add("measure", StringType, false)
                      // Images with a label and this measure.
                      .add("n", LongType, false)
                      // NULL where the labels name no groups.
                      .add("groups", LongType)
                      .add("unlabelled", LongType, false)
                      .add("unmatched", LongType, false),
                  "rank_correlation"),
              "within_groups")
          // Of the measure; NULL with one draw.
          .add("repeatability", DoubleType)
          // Of the correlation that decides, by Holm over the measures.
          .add("p_adjusted", DoubleType)
          .add("verdict", StringType, false)
          .add("confidence", DoubleType, false)
          .add("permutations", IntegerType, false)
          .add("resamples", IntegerType, false)
          .add("seed", LongType, false);

  private CalibrationColumns() {}

  private static StructType withCorrelation(StructType schema, String name) {
    return schema
        .add(name, DoubleType)
        .add(name + "_low", DoubleType)
        .add(name + "_high", DoubleType)
        .add(name + "_p", DoubleType)
        // For the spread of the measure's own noise.
        .add(name + "_corrected", DoubleType);
  }
}
