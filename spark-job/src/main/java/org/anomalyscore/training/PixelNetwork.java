package org.anomalyscore.training;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import java.util.Locale;

/** The networks that can be trained on pixels. */
public enum PixelNetwork {
  /**
   * A residual network as He et al. built them for CIFAR-10 (2016, arXiv:1512.03385): three stages
   * of 16, 32 and 64 channels with two blocks each (ResNet-14), but with group normalisation. It
   * has 0.17 million weights and ends in the mean over all places, so that it takes any size. Of
   * images of more than {@value #MOST_PLACES} pixels a side the first convolution, which sees every
   * pixel, leaves so many places: 64 pixels take hardly longer than 32.
   */
  RESIDUAL_NETWORK {
    @Override
    NDArray logits(NDArray x, WeightSource weights, int classes) {
      int shrink = (int) Math.max(1, x.getShape().get(2) / MOST_PLACES);
      NDArray y = Layers.convolution(x, weights, WIDTHS[0], 2 * shrink + 1, shrink, shrink);
      y = Layers.rectifier(Layers.groupNorm(y, weights, 1));
      for (int stage = 0; stage < WIDTHS.length; stage++) {
        y = block(y, weights, WIDTHS[stage], stage == 0 ? 1 : 2);
        y = block(y, weights, WIDTHS[stage], 1);
      }
      NDArray places = y.reshape(y.getShape().get(0), y.getShape().get(1), -1);
      return Layers.linear(places.mean(new int[] {2}), weights, classes);
    }

    private NDArray block(NDArray x, WeightSource weights, long channels, int stride) {
      NDArray y = Layers.convolution(x, weights, channels, 3, stride, 1);
      y = Layers.rectifier(Layers.groupNorm(y, weights, 1));
      // A block first passes on what it gets (Goyal et al. 2017, arXiv:1706.02677).
      y = Layers.groupNorm(Layers.convolution(y, weights, channels, 3, 1, 1), weights, 0);
      boolean same = stride == 1 && x.getShape().get(1) == channels;
      NDArray past = same ? x : Layers.convolution(x, weights, channels, 1, stride, 0);
      return Layers.rectifier(y.add(past));
    }
  },

  /**
   * A small vision transformer (Dosovitskiy et al. 2021, arXiv:2010.11929): patches of 4 x 4 pixels
   * as tokens of 64 numbers, four layers of four heads, normalised before each part, and the mean
   * over all tokens at the end. It has 0.14 million weights at 32 pixels. What is near to what it
   * must learn itself.
   */
  VISION_TRANSFORMER {
    @Override
    NDArray logits(NDArray x, WeightSource weights, int classes) {
      NDArray patches = Layers.convolution(x, weights, TOKEN, PATCH, PATCH, 0);
      long n = x.getShape().get(0);
      NDArray y = patches.reshape(n, TOKEN, -1).transpose(0, 2, 1);
      y = y.add(weights.normal(NEAR, 1, y.getShape().get(1), TOKEN));
      for (int layer = 0; layer < DEPTH; layer++) {
        y = y.add(Layers.attention(Layers.layerNorm(y, weights), weights, HEADS));
        NDArray wide = Layers.linear(Layers.layerNorm(y, weights), weights, 2 * TOKEN);
        y = y.add(Layers.linear(Activation.gelu(wide), weights, TOKEN));
      }
      NDArray means = Layers.layerNorm(y, weights).mean(new int[] {1});
      return Layers.linear(means, weights, classes);
    }
  };

  private static final long[] WIDTHS = {16, 32, 64};

  /** Places a side of the first stage's maps; below twice as many. */
  private static final int MOST_PLACES = 32;

  private static final int PATCH = 4;
  private static final long TOKEN = 64;
  private static final int DEPTH = 4;
  private static final int HEADS = 4;

  /** Deviation of what is first added to a token for its place; the token's own is about 1. */
  private static final double NEAR = 0.1;

  /**
   * What speaks for each class.
   *
   * @param x (N, 3, S, S)
   * @return (N, classes)
   */
  abstract NDArray logits(NDArray x, WeightSource weights, int classes);

  /** As in the tables. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As a user writes it. */
  @Override
  public String toString() {
    return text().replace('_', '-');
  }
}
