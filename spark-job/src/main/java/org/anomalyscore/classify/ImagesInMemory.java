package org.anomalyscore.classify;

import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;

/**
 * Features of few images, read once for all questions.
 *
 * @param features of set i the image of rank j
 */
record ImagesInMemory(float[][][] features) {

  /** An image's place among the features. */
  private record Found(int set, int rank, float[] features) implements java.io.Serializable {

    static Found of(InternalRow row) {
      return new Found(row.getInt(0), (int) row.getLong(1), row.getArray(2).toFloatArray());
    }
  }

  /**
   * Reads them.
   *
   * @param ranked see {@link RankedFeatures#read}
   * @param most images of set i
   */
  static ImagesInMemory collect(Dataset<Row> ranked, List<Long> most) {
    float[][][] features = new float[most.size()][][];
    for (int i = 0; i < features.length; i++) {
      features[i] = new float[most.get(i).intValue()][];
    }
    ranked
        .select("set", "rank", "features")
        .queryExecution()
        .toRdd()
        .toJavaRDD()
        .map(Found::of)
        .collect()
        .forEach(image -> features[image.set][image.rank] = image.features);
    return new ImagesInMemory(features);
  }

  int dimension() {
    return features[0][0].length;
  }

  /** The features of a set's image. */
  Vector get(ClassificationTask.Source source) {
    float[] image = features[source.set()][(int) source.rank()];
    double[] values = new double[image.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = image[i];
    }
    return Vectors.dense(values);
  }
}
