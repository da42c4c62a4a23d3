package org.anomalyscore.table;

import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;
import static org.apache.spark.sql.types.DataTypes.TimestampType;

import org.apache.spark.sql.types.StructType;

/** The columns of {@code classifications}; what is not defined is NULL. */
final class ClassificationColumns {

  static final StructType SCHEMA =
      new StructType()
          .add("run_id", StringType, false)
          .add("classified_at", TimestampType, false)
          .add("config_id", StringType, false)
          .add("model", StringType, false)
          .add("reference", StringType, false)
          .add("task", StringType, false)
          // True where chance is the right answer.
          .add("control", BooleanType, false)
          // The set, the generated one where there is one; NULL where all sets are told apart.
          .add("dataset", StringType)
          // The generated set that it is compared with; NULL where that is the reference.
          .add("other_dataset", StringType)
          .add("classifier", StringType, false)
          // What it saw: features, pixels, low_pass or high_pass; NULL in rows of before there was
          // the column, which are of features.
          .add("input", StringType)
          // Side of the images in pixels, and cycles a pixel up to which the low-pass image
          // reaches; NULL where it saw no such thing.
          .add("image_size", LongType)
          .add("cut_off", DoubleType)
          // Of the training set that the split gives.
          .add("train_fraction", DoubleType, false)
          // Of all classes together, which are of one size.
          .add("n_classes", LongType, false)
          .add("n_train", LongType, false)
          // Of the training set, those that only told when to stop; NULL where nothing was stopped.
          .add("n_validation", LongType)
          .add("n_test", LongType, false)
          .add("chance", DoubleType, false)
          .add("accuracy", DoubleType, false)
          .add("accuracy_low", DoubleType, false)
          .add("accuracy_high", DoubleType, false)
          // NULL for more than two classes.
          .add("auc", DoubleType)
          .add("auc_low", DoubleType)
          .add("auc_high", DoubleType)
          .add("confidence", DoubleType, false)
          .add("test_fraction", DoubleType, false)
          .add("seed", LongType, false)
          // Passes through the training set of a network, and how long its training and test took.
          .add("epochs", LongType)
          .add("network_seconds", DoubleType)
          // JSON: classes, and counts of test images by true class (rows) and answer (columns).
          .add("confusion", StringType, false);

  private ClassificationColumns() {}
}
