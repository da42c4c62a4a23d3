package org.anomalyscore.pixels;

import java.util.Arrays;

/**
 * Resizes 8-bit images exactly as Pillow's {@code Image.resize(size, filter)} does, to the level.
 *
 * <p>Separable convolution, horizontal pass first, with an 8-bit image between the passes; a pass
 * that keeps its size is skipped; when shrinking, the filter is stretched by the scale
 * (anti-aliasing). Coefficients are computed in double, normalised, and rounded to fixed point with
 * {@value #PRECISION_BITS} fraction bits, so that the sums are integers and do not depend on the
 * order of addition. Source: {@code src/libImaging/Resample.c} of Pillow 12 ({@code
 * precompute_coeffs}, {@code normalize_coeffs_8bpc}, {@code ImagingResampleInner}).
 *
 * <p>Unlike Pillow this holds one row between the passes instead of the whole image, so memory
 * beside the result is a few rows of the output, whatever the shape of the input.
 */
public final class PillowResize {

  /** Pillow's {@code 32 - 8 - 2}: 8 bits for the level, 2 for the lobes' overshoot and the sign. */
  private static final int PRECISION_BITS = 32 - 8 - 2;

  private static final int HALF = 1 << (PRECISION_BITS - 1);

  private PillowResize() {}

  /** Pillow's resampling filters; {@code support} is the radius in output pixels. */
  public enum Filter {
    /** Catmull-Rom cubic (a = -0.5), radius 2. */
    BICUBIC(2),
    /** Triangle, radius 1. */
    BILINEAR(1),
    /** Mean of the pixels under the output pixel. */
    BOX(0.5),
    /** Sinc windowed by a sinc, radius 3. */
    LANCZOS(3);

    private final double support;

    Filter(double support) {
      this.support = support;
    }

    double weight(double x) {
      double a = Math.abs(x);
      return switch (this) {
        // Half open, so that a pixel on the border of two outputs counts once.
        case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
        case BILINEAR -> a < 1 ? 1 - a : 0;
        case BICUBIC -> {
          if (a < 1) {
            yield ((-0.5 + 2.0) * a - (-0.5 + 3.0)) * a * a + 1;
          }
          yield a < 2 ? (((a - 5) * a + 8) * a - 4) * -0.5 : 0;
        }
        case LANCZOS -> -3 <= x && x < 3 ? sinc(x) * sinc(x / 3) : 0;
      };
    }

    private static double sinc(double x) {
      if (x == 0) {
        return 1;
      }
      double t = x * Math.PI;
      return Math.sin(t) / t;
    }
  }

  /**
   * Resizes the whole image.
   *
   * @param width columns of the result, at least 1
   * @param height rows of the result, at least 1
   * @return {@code image} itself if it has that size already
   */
  public static RgbImage resize(RgbImage image, int width, int height, Filter filter) {
    return resizeWindow(image, width, height, 0, 0, width, height, filter);
  }

  /**
   * The window {@code (left, top, width, height)} of the image resized to {@code fullWidth x
   * fullHeight}: the levels of a resize followed by a crop without the cost of the part that is cut
   * away, which for a long thin image can be larger than any memory.
   */
  static RgbImage resizeWindow(
      RgbImage image,
      long fullWidth,
      long fullHeight,
      long left,
      long top,
      int width,
      int height,
      Filter filter) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "Cannot resize to %d x %d pixels: both sides must be at least 1"
              .formatted(width, height));
    }
    if (left < 0 || top < 0 || left + width > fullWidth || top + height > fullHeight) {
      throw new IllegalArgumentException(
          "Window %d x %d at (%d, %d) is not inside %d x %d"
              .formatted(width, height, left, top, fullWidth, fullHeight));
    }
    if (image.width() == width
        && image.height() == height
        && fullWidth == width
        && fullHeight == height) {
      return image;
    }
    Taps columns = Taps.of(image.width(), fullWidth, left, width, filter);
    Taps rows = Taps.of(image.height(), fullHeight, top, height, filter);

    int stride = 3 * width;
    byte[] result = new byte[Math.multiplyExact(stride, height)];
    int[] levels = new int[stride];
    // Sums of the output rows that some input row has reached; the ends of the taps never go back,
    // so rows open and close in order.
    int[][] sums = new int[height][];
    int open = 0;
    for (int y = rows.start[0]; open < height; y++) {
      columns.resampleRow(image.rgb(), 3 * image.width() * y, levels);
      for (int out = open; out < height && rows.start[out] <= y; out++) {
        if (sums[out] == null) {
          sums[out] = new int[stride];
          Arrays.fill(sums[out], HALF);
        }
        addScaled(sums[out], levels, rows.coefficient(out, y));
      }
      for (; open < height && rows.end[open] == y + 1; open++) {
        for (int i = 0, to = open * stride; i < stride; i++, to++) {
          result[to] = (byte) level(sums[open][i]);
        }
        sums[open] = null;
      }
    }
    return new RgbImage(width, height, result);
  }

  private static void addScaled(int[] sums, int[] levels, int coefficient) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += coefficient * levels[i];
    }
  }

  private static int level(int sum) {
    return Math.min(Math.max(sum >> PRECISION_BITS, 0), 255);
  }

  /** For each output position the input positions that it is made of, and their weights. */
  private static final class Taps {
    final int[] start;

    /** Exclusive. */
    final int[] end;

    /** Row {@code i} holds the weights of output {@code i} from its start on, fixed point. */
    private final int[] coefficients;

    private final int capacity;

    private Taps(int count, int capacity) {
      this.start = new int[count];
      this.end = new int[count];
      this.capacity = capacity;
      this.coefficients = new int[Math.multiplyExact(count, capacity)];
    }

    /** Taps of the outputs {@code first .. first + count - 1} of {@code outSize}. */
    static Taps of(int inSize, long outSize, long first, int count, Filter filter) {
      return inSize == outSize
          ? identity((int) first, count)
          : filtered(inSize, outSize, first, count, filter);
    }

    private static Taps identity(int first, int count) {
      Taps taps = new Taps(count, 1);
      Arrays.fill(taps.coefficients, 1 << PRECISION_BITS);
      Arrays.setAll(taps.start, i -> first + i);
      Arrays.setAll(taps.end, i -> first + i + 1);
      return taps;
    }

    private static Taps filtered(int inSize, long outSize, long first, int count, Filter filter) {
      double scale = inSize / (double) outSize;
      double filterScale = Math.max(scale, 1);
      double support = filter.support * filterScale;
      double step = 1 / filterScale;
      Taps taps = new Taps(count, Math.addExact((int) Math.ceil(support) * 2, 1));
      double[] weights = new double[taps.capacity];
      for (int i = 0; i < count; i++) {
        double center = (first + i + 0.5) * scale;
        int start = Math.max((int) (center - support + 0.5), 0);
        int length = Math.min((int) (center + support + 0.5), inSize) - start;
        double total = 0;
        for (int t = 0; t < length; t++) {
          weights[t] = filter.weight((t + start - center + 0.5) * step);
          total += weights[t];
        }
        for (int t = 0; t < length; t++) {
          // Division and rounding as in Pillow: half away from zero.
          double weight = total == 0 ? weights[t] : weights[t] / total;
          double scaled = weight * (1 << PRECISION_BITS);
          taps.coefficients[i * taps.capacity + t] =
              (int) (weight < 0 ? -0.5 + scaled : 0.5 + scaled);
        }
        taps.start[i] = start;
        taps.end[i] = start + length;
      }
      return taps;
    }

    int coefficient(int output, int input) {
      return coefficients[output * capacity + input - start[output]];
    }

    /** Resamples the row of RGB pixels that begins at {@code offset} into {@code levels}. */
    void resampleRow(byte[] rgb, int offset, int[] levels) {
      for (int i = 0, to = 0; i < start.length; i++, to += 3) {
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        int from = offset + 3 * start[i];
        int last = i * capacity + end[i] - start[i];
        for (int t = i * capacity; t < last; t++, from += 3) {
          int coefficient = coefficients[t];
          red += coefficient * (rgb[from] & 0xff);
          green += coefficient * (rgb[from + 1] & 0xff);
          blue += coefficient * (rgb[from + 2] & 0xff);
        }
        levels[to] = level(red);
        levels[to + 1] = level(green);
        levels[to + 2] = level(blue);
      }
    }
  }
}
