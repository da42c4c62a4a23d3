package org.anomalyscore.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.norm.LayerNorm;

/** Layers of networks, as functions of their input and of the weights that they ask for. */
final class Layers {

  /** Channels that are normalised together. */
  private static final int GROUP = 8;

  private static final float EPSILON = 1e-5f;

  private Layers() {}

  /**
   * A convolution without a bias. Its weights are drawn as He et al. propose (2015,
   * arXiv:1502.01852), for a rectifier that follows.
   *
   * @param x (N, C, H, W)
   * @param padding zeros on each side
   */
  static NDArray convolution(
      NDArray x, WeightSource weights, long channels, int kernel, int stride, int padding) {
    long inputs = x.getShape().get(1);
    NDArray weight =
        weights.normal(
            Math.sqrt(2.0 / (inputs * kernel * kernel)), channels, inputs, kernel, kernel);
    return Conv2d.conv2d(x, weight, null, new Shape(stride, stride), new Shape(padding, padding))
        .singletonOrThrow();
  }

  /**
   * Normalises groups of channels of each image by itself (Wu and He 2018, arXiv:1803.08494):
   * unlike batch normalisation it is the same in training and in the test, and its statistics do
   * not depend on which images share a batch, of which there may be a hundred in all.
   *
   * @param x (N, C, H, W), C a multiple of 8
   * @param scale the first deviation of the result
   */
  static NDArray groupNorm(NDArray x, WeightSource weights, double scale) {
    Shape shape = x.getShape();
    long channels = shape.get(1);
    long each = GROUP * shape.get(2) * shape.get(3);
    NDArray groups = x.reshape(shape.get(0) * channels / GROUP, each);
    NDManager manager = x.getManager();
    Shape group = new Shape(each);
    return LayerNorm.layerNorm(groups, group, manager.ones(group), manager.zeros(group), EPSILON)
        .singletonOrThrow()
        .reshape(shape)
        .mul(weights.constant(scale, 1, channels, 1, 1))
        .add(weights.constant(0, 1, channels, 1, 1));
  }

  /**
   * Normalises the last axis.
   *
   * @param x (..., D)
   */
  static NDArray layerNorm(NDArray x, WeightSource weights) {
    long dimension = last(x);
    return LayerNorm.layerNorm(
            x,
            new Shape(dimension),
            weights.constant(1, dimension),
            weights.constant(0, dimension),
            EPSILON)
        .singletonOrThrow();
  }

  /**
   * x · W + b, first with the variance of x.
   *
   * @param x (..., D)
   */
  static NDArray linear(NDArray x, WeightSource weights, long outputs) {
    NDArray weight = weights.normal(Math.sqrt(1.0 / last(x)), last(x), outputs);
    return x.matMul(weight).add(weights.constant(0, outputs));
  }

  /**
   * Self-attention of several heads, and a linear layer after it.
   *
   * @param x (N, T, D), D a multiple of the heads
   */
  static NDArray attention(NDArray x, WeightSource weights, int heads) {
    NDArray queries = heads(linear(x, weights, last(x)), heads);
    NDArray keys = heads(linear(x, weights, last(x)), heads);
    NDArray values = heads(linear(x, weights, last(x)), heads);
    NDArray likeness =
        queries
            .matMul(keys.transpose(0, 1, 3, 2))
            .div(x.getManager().create(Math.sqrt((double) last(keys))));
    NDArray found = likeness.softmax(3).matMul(values).transpose(0, 2, 1, 3);
    return linear(found.reshape(x.getShape()), weights, last(x));
  }

  /** (N, T, D) as (N, heads, T, D / heads). */
  private static NDArray heads(NDArray x, int heads) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), heads, shape.get(2) / heads).transpose(0, 2, 1, 3);
  }

  private static long last(NDArray x) {
    return x.getShape().get(x.getShape().dimension() - 1);
  }

  /** max(x, 0). */
  static NDArray rectifier(NDArray x) {
    return Activation.relu(x);
  }
}
