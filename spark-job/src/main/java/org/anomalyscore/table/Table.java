package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The Parquet tables under an output folder, each a folder of its lower-case name. Plain types
 * only, so that Spark, DuckDB, Trino and pandas all read them.
 */
public enum Table {
  /** One row per scored image and configuration. */
  SCORES(
      new StructType()
          .add("image_id", StringType, false)
          .add("path", StringType, false)
          .add("width", IntegerType, false)
          .add("height", IntegerType, false)
          .add("complexity", DoubleType, false)
          .add("vulnerability", DoubleType, false)
          .add("as_i", DoubleType, false)
          // NULL with one draw, and in rows of versions that did not have them.
          .add("complexity_std_err", DoubleType, true)
          .add("vulnerability_std_err", DoubleType, true)
          .add("as_i_std_err", DoubleType, true)
          .add("step_norm", DoubleType, false)
          .add("complexity_floor", DoubleType, false)
          // Of the file, by its bytes, as png; NULL in rows of before there was the column.
          .add("format", StringType, true)
          // Present only where it was asked for; NULL in the rows of other runs.
          .add(KeptOutput.FEATURES.column(), DataTypes.createArrayType(FloatType, false), true)
          // NULL too where the model's card names no such output.
          .add(KeptOutput.LOGITS.column(), DataTypes.createArrayType(FloatType, false), true)
          .add(KeptOutput.SPATIAL.column(), DataTypes.createArrayType(FloatType, false), true)
          .add("model", StringType, false)
          .add("run_id", StringType, false)
          .add("scored_at", TimestampType, false)
          .add("config_id", StringType, false)
          .add("dataset", StringType, false),
      List.of("config_id", "dataset")),

  /** One row per image that has no score, and why. */
  REJECTS(
      new StructType()
          .add("path", StringType, false)
          .add("dataset", StringType, false)
          .add("reason", StringType, false)
          .add("message", StringType, false)
          .add("config_id", StringType, false)
          .add("run_id", StringType, false)
          .add("rejected_at", TimestampType, false),
      List.of()),

  /** One row per run: everything that could explain a number later. No secret enters it. */
  RUNS(
      new StructType()
          .add("run_id", StringType, false)
          .add("command", StringType, false)
          .add("status", StringType, false)
          .add("started_at", TimestampType, false)
          .add("seconds", DoubleType, false)
          .add("dataset", StringType, true)
          .add("config_id", StringType, false)
          .add("configuration", StringType, false)
          .add("found", LongType, true)
          .add("scored", LongType, true)
          .add("already_scored", LongType, true)
          .add("rejected", LongType, true)
          .add("already_rejected", LongType, true)
          // JSON: how many files of each kind lay under the path and were no images.
          .add("passed_over", StringType, true)
          .add("network_seconds", DoubleType, true)
          // JSON of what a benchmark found beside its evaluations: failed sets, alerts,
          // correlations.
          .add("outcome", StringType, true)
          .add("device", StringType, true)
          // JSON: each precision, device, type of CPU and PyTorch that its tasks had.
          .add("arithmetic", StringType, true)
          .add("project_version", StringType, false)
          .add("git_commit", StringType, false)
          .add("spark_version", StringType, false)
          .add("djl_version", StringType, true)
          .add("pytorch_version", StringType, true)
          .add("java_version", StringType, false)
          .add("os", StringType, false),
      List.of()),

  /** One row per evaluation of a generated set against a reference set. */
  EVALUATIONS(EvaluationColumns.SCHEMA, List.of()),

  /** One row per generator, model and night of a benchmark, and one per acknowledgement. */
  ALERTS(AlertColumns.SCHEMA, List.of()),

  /** One row per generated image and evaluation that asked for it. */
  IMAGE_MEASURES(
      new StructType()
          .add("path", StringType, false)
          .add("image_id", StringType, false)
          .add("dataset", StringType, false)
          .add("reference", StringType, false)
          .add("config_id", StringType, false)
          .add("run_id", StringType, false)
          // NULL for the copy of an image of the reference, and without features.
          .add("realism", DoubleType, true)
          // NULL outside the reference's manifold, and without features.
          .add("rarity", DoubleType, true)
          .add("as_i", DoubleType, false)
          // These are NULL where the reference has no scatter.
          .add("atypicality", DoubleType, true)
          .add("p_value", DoubleType, true)
          .add("q_value", DoubleType, true)
          .add("direction", StringType, true)
          // NULL where no training set was named.
          .add("training_path", StringType, true)
          .add("training_distance", DoubleType, true)
          // NULL too where the training image has an equal.
          .add("training_ratio", DoubleType, true)
          // Of the test images of classify --on pixels, in rows of their own.
          .add("probability_generated", DoubleType, true),
      List.of()),

  /** One row per run of classify, task, classifier and size of the training set. */
  CLASSIFICATIONS(ClassificationColumns.SCHEMA, List.of()),

  /** One row per run of labels and label, and one of all labelled images with the trends. */
  LABEL_SUMMARIES(LabelColumns.SCHEMA, List.of()),

  /** One row per run of calibrate and measure. */
  CALIBRATIONS(CalibrationColumns.SCHEMA, List.of()),

  /** One row per super-pixel of an image that was explained: how much V it brings. */
  ATTRIBUTIONS(
      new StructType()
          .add("run_id", StringType, false)
          // Of the scores that the same model and profile give.
          .add("config_id", StringType, false)
          .add("dataset", StringType, true)
          .add("path", StringType, false)
          .add("image_id", StringType, false)
          // From 0, in the order of their first pixel, row by row.
          .add("superpixel", IntegerType, false)
          .add("superpixels", IntegerType, false)
          // Mean over seeds, in units of V; the largest has rank 1.
          .add("coefficient", DoubleType, false)
          .add("coefficient_std", DoubleType, true)
          .add("rank", IntegerType, false)
          // Pixels of the model's input, from its left upper corner.
          .add("pixels", IntegerType, false)
          .add("centre_x", DoubleType, false)
          .add("centre_y", DoubleType, false)
          .add("input_size", IntegerType, false)
          // Of the image; the same in each of its rows.
          .add("intercept", DoubleType, false)
          .add("r_squared", DoubleType, true)
          .add("rank_correlation", DoubleType, true)
          .add("regression", StringType, false)
          .add("penalty", DoubleType, false)
          .add("trials", IntegerType, false)
          .add("seeds", IntegerType, false)
          .add("overlay", StringType, false)
          .add("model", StringType, false)
          .add("explained_at", TimestampType, false),
      List.of()),

  /** One row per setting, seed and generated set of a sweep. */
  SWEEPS(
      new StructType()
          .add("run_id", StringType, false)
          .add("swept_at", TimestampType, false)
          // What score under these very parameters would call its rows.
          .add("config_id", StringType, false)
          .add("model", StringType, false)
          .add("reference", StringType, false)
          .add("n_reference", LongType, false)
          .add("dataset", StringType, false)
          .add("n", LongType, false)
          .add("parameter", StringType, false)
          .add("value", DoubleType, false)
          .add("profile_value", DoubleType, false)
          .add("seed", LongType, false)
          .add("mean_complexity", DoubleType)
          .add("reference_mean_complexity", DoubleType)
          .add("mean_vulnerability", DoubleType)
          .add("reference_mean_vulnerability", DoubleType)
          .add("anomaly_score", DoubleType)
          .add("ks_complexity", DoubleType)
          .add("ks_vulnerability", DoubleType)
          .add("complexity_floor", DoubleType)
          .add("reference_complexity_floor", DoubleType)
          // Over all seeds of the setting, so the same in each of their rows.
          .add("seed_sd_complexity", DoubleType)
          .add("reference_seed_sd_complexity", DoubleType)
          .add("seed_sd_vulnerability", DoubleType)
          .add("reference_seed_sd_vulnerability", DoubleType)
          .add("seed_sd_as_i", DoubleType)
          .add("reference_seed_sd_as_i", DoubleType),
      List.of());

  private final StructType schema;
  private final List<String> partitionColumns;

  Table(StructType schema, List<String> partitionColumns) {
    this.schema = schema;
    this.partitionColumns = partitionColumns;
  }

  /** All columns; the partition columns stand last, as Spark returns them. */
  public StructType schema() {
    return schema;
  }

  /** The columns that are folder names instead of file contents. */
  public List<String> partitionColumns() {
    return partitionColumns;
  }

  /** The folder's name under the output folder. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}
