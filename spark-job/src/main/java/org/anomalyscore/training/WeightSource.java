package org.anomalyscore.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The weights of a network in the order in which its forward pass asks for them, so that the pass
 * alone says which there are: the first pass draws them, and later passes get them back.
 */
interface WeightSource {

  /** A weight that is drawn from a normal distribution around 0. */
  NDArray normal(double deviation, long... shape);

  /** A weight that begins with one value. */
  NDArray constant(double value, long... shape);

  /** Draws weights. */
  final class Drawn implements WeightSource {

    private final NDManager manager;
    private final SplittableRandom random;
    private final List<float[]> drawn = new ArrayList<>();

    Drawn(NDManager manager, long seed) {
      this.manager = manager;
      this.random = new SplittableRandom(seed);
    }

    @Override
    public NDArray normal(double deviation, long... shape) {
      float[] values = room(shape);
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (deviation * random.nextGaussian());
      }
      return manager.create(values, new Shape(shape));
    }

    @Override
    public NDArray constant(double value, long... shape) {
      float[] values = room(shape);
      java.util.Arrays.fill(values, (float) value);
      return manager.create(values, new Shape(shape));
    }

    private float[] room(long... shape) {
      drawn.add(new float[(int) new Shape(shape).size()]);
      return drawn.get(drawn.size() - 1);
    }

    /** How many numbers each weight has. */
    int[] lengths() {
      return drawn.stream().mapToInt(values -> values.length).toArray();
    }

    /** All weights, one after the other. */
    float[] all() {
      float[] all = new float[drawn.stream().mapToInt(values -> values.length).sum()];
      int from = 0;
      for (float[] values : drawn) {
        System.arraycopy(values, 0, all, from, values.length);
        from += values.length;
      }
      return all;
    }
  }

  /** Weights that are there, as parts of one array, which a gradient flows back to. */
  final class Given implements WeightSource {

    private final NDList parts;
    private int next;

    /**
     * @param all see {@link Drawn#all}
     * @param lengths see {@link Drawn#lengths}
     */
    Given(NDArray all, int[] lengths) {
      long[] ends = new long[lengths.length - 1];
      long end = 0;
      for (int i = 0; i < ends.length; i++) {
        end += lengths[i];
        ends[i] = end;
      }
      parts = all.split(ends);
    }

    @Override
    public NDArray normal(double deviation, long... shape) {
      return parts.get(next++).reshape(shape);
    }

    @Override
    public NDArray constant(double value, long... shape) {
      return parts.get(next++).reshape(shape);
    }
  }
}
