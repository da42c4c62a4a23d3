package org.anomalyscore.measure;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Locale;

/**
 * The numbers that a feature model computes in, and the only place where pixels, noise and
 * parameters are rounded to them. All else holds doubles: a float32 widens to a double and back
 * without loss.
 *
 * <p>float32 sums depend on the kernels that libtorch, MKL and oneDNN choose for a type of CPU, and
 * a score of such a model with them. In float64 what is left of that is below 1e-9 of C and V.
 */
public enum Precision {
  FLOAT32(DataType.FLOAT32) {
    @Override
    Number number(double value) {
      return (float) value;
    }

    @Override
    NDArray create(NDManager manager, double[] values, Shape shape) {
      float[] rounded = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        rounded[i] = (float) values[i];
      }
      return manager.create(rounded, shape);
    }

    @Override
    double[] values(NDArray array) {
      float[] values = array.toFloatArray();
      double[] widened = new double[values.length];
      for (int i = 0; i < values.length; i++) {
        widened[i] = values[i];
      }
      return widened;
    }
  },

  FLOAT64(DataType.FLOAT64) {
    @Override
    Number number(double value) {
      return value;
    }

    @Override
    NDArray create(NDManager manager, double[] values, Shape shape) {
      return manager.create(values, shape);
    }

    @Override
    double[] values(NDArray array) {
      return array.toDoubleArray();
    }
  };

  private final DataType type;

  Precision(DataType type) {
    this.type = type;
  }

  /** As a card and the tables write it: {@code float32} or {@code float64}. */
  public String cardName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of the module's tensors, input and output. */
  DataType type() {
    return type;
  }

  /** A factor or summand of an array of this precision: a Float or a Double. */
  abstract Number number(double value);

  /** Values rounded to this precision, row-major. */
  abstract NDArray create(NDManager manager, double[] values, Shape shape);

  /** The values of an array of this precision, row-major; the doubles are exact. */
  abstract double[] values(NDArray array);
}
