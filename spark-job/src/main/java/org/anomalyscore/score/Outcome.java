package org.anomalyscore.score;

import java.util.LinkedHashMap;
import java.util.Map;
import org.anomalyscore.measure.Measurement;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.table.KeptOutput;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What became of a file.
 *
 * @param columns of {@link #SCHEMA} that this kind fills, by name
 */
record Outcome(Kind kind, Map<String, Object> columns) {

  /** What can become of a file. */
  enum Kind {
    /** It has a new score. */
    SCORED,
    /** It was written to after it was scored, but its bytes are those that were scored. */
    UNCHANGED,
    /** It has no score, for a reason. */
    REJECTED
  }

  /** A row a file: its kind, and what the tables {@code scores} and {@code rejects} hold of it. */
  static final StructType SCHEMA =
      new StructType()
          .add("kind", DataTypes.StringType, false)
          .add("path", DataTypes.StringType, false)
          .add("image_id", DataTypes.StringType)
          .add("width", DataTypes.IntegerType)
          .add("height", DataTypes.IntegerType)
          .add("complexity", DataTypes.DoubleType)
          .add("vulnerability", DataTypes.DoubleType)
          .add("as_i", DataTypes.DoubleType)
          .add("complexity_std_err", DataTypes.DoubleType)
          .add("vulnerability_std_err", DataTypes.DoubleType)
          .add("as_i_std_err", DataTypes.DoubleType)
          .add("step_norm", DataTypes.DoubleType)
          .add("complexity_floor", DataTypes.DoubleType)
          .add("format", DataTypes.StringType)
          .add(KeptOutput.FEATURES.column(), DataTypes.createArrayType(DataTypes.FloatType))
          .add(KeptOutput.LOGITS.column(), DataTypes.createArrayType(DataTypes.FloatType))
          .add(KeptOutput.SPATIAL.column(), DataTypes.createArrayType(DataTypes.FloatType))
          .add("reason", DataTypes.StringType)
          .add("message", DataTypes.StringType);

  /**
   * A score, or a reject where the measurement is degenerate.
   *
   * @param keepsOutput whether the features, and what else the card names, become part of the row
   */
  static Outcome measured(LoadedImage image, Measurement m, boolean keepsOutput) {
    if (m.degenerate() != null) {
      return rejected(image.path(), RejectReason.DEGENERATE, m.degenerate());
    }
    Map<String, Object> columns = of(image);
    columns.put("width", image.width());
    columns.put("height", image.height());
    columns.put("complexity", m.complexity());
    columns.put("vulnerability", m.vulnerability());
    columns.put("as_i", m.asI());
    columns.put("complexity_std_err", known(m.complexityError()));
    columns.put("vulnerability_std_err", known(m.vulnerabilityError()));
    columns.put("as_i_std_err", known(m.asIError()));
    columns.put("step_norm", m.stepNorm());
    columns.put("complexity_floor", m.complexityFloor());
    columns.put("format", image.format());
    if (keepsOutput) {
      columns.put(KeptOutput.FEATURES.column(), floats(m.output().features()));
      columns.put(KeptOutput.LOGITS.column(), floats(m.output().logits()));
      columns.put(KeptOutput.SPATIAL.column(), floats(m.output().spatial()));
    }
    return new Outcome(Kind.SCORED, columns);
  }

  /** NULL for what one draw cannot say: NaN would enter SQL's sums. */
  private static Double known(double error) {
    return Double.isNaN(error) ? null : error;
  }

  /**
   * Set measures need no more digits, and the column is most of the table.
   *
   * @param output null where the card names none
   * @return NULL too where a number is not finite, which one image's logits may be: its score is
   *     none the worse, but the set's measure would be no number
   */
  private static float[] floats(double[] output) {
    if (output == null) {
      return null;
    }
    float[] rounded = new float[output.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) output[i];
      if (!Float.isFinite(rounded[i])) {
        return null;
      }
    }
    return rounded;
  }

  static Outcome unchanged(LoadedImage image) {
    return new Outcome(Kind.UNCHANGED, of(image));
  }

  static Outcome rejected(String path, RejectReason reason, String message) {
    Map<String, Object> columns = of(path);
    columns.put("reason", reason.text());
    columns.put("message", message);
    return new Outcome(Kind.REJECTED, columns);
  }

  private static Map<String, Object> of(LoadedImage image) {
    Map<String, Object> columns = of(image.path());
    columns.put("image_id", image.imageId());
    return columns;
  }

  private static Map<String, Object> of(String path) {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("path", path);
    return columns;
  }

  /** A row of {@link #SCHEMA}; what this kind does not fill is NULL. */
  Row toRow() {
    Object[] values = new Object[SCHEMA.size()];
    values[SCHEMA.fieldIndex("kind")] = kind.name();
    columns.forEach((column, value) -> values[SCHEMA.fieldIndex(column)] = value);
    return RowFactory.create(values);
  }
}
