package org.anomalyscore.pixels;

/**
 * How an image is brought to the input size of a feature model.
 *
 * @param size side of the square result in pixels, at least 1
 * @param resize which shape rule
 * @param filter Pillow's filter for it
 */
public record Preprocessing(int size, Resize resize, PillowResize.Filter filter)
    implements java.io.Serializable {

  /** level / 255, for each level. */
  private static final double[] UNIT_LEVELS = unitLevels();

  /** What happens to the aspect ratio. */
  public enum Resize {
    /** Both sides become {@code size}; the picture is squashed. dgm-eval does this. */
    SQUASH,
    /** The shorter side becomes {@code size}, then the centre is cut out. */
    SHORTER_SIDE
  }

  /**
   * @throws IllegalArgumentException if {@code size} is below 1
   */
  public Preprocessing {
    if (size < 1) {
      throw new IllegalArgumentException("The input size must be at least 1 pixel, but is " + size);
    }
  }

  /**
   * The image at {@code size x size}.
   *
   * <p>{@link Resize#SHORTER_SIDE} equals torchvision's {@code Resize(size)} followed by {@code
   * CenterCrop(size)} on a PIL image, with its roundings: the longer side is {@code int(size * long
   * / short)} ({@code torchvision.transforms.functional._compute_resized_output_size}), the crop
   * begins at {@code int(round((side - size) / 2.0))} with Python's round-half-to-even ({@code
   * functional.center_crop}).
   */
  public RgbImage apply(RgbImage image) {
    return switch (resize) {
      case SQUASH -> PillowResize.resize(image, size, size, filter);
      case SHORTER_SIDE -> {
        long shorter = Math.min(image.width(), image.height());
        long width = size * (long) image.width() / shorter;
        long height = size * (long) image.height() / shorter;
        yield PillowResize.resizeWindow(
            image, width, height, cropStart(width), cropStart(height), size, size, filter);
      }
    };
  }

  private long cropStart(long side) {
    return (long) Math.rint((side - size) / 2.0);
  }

  /**
   * The image as the model wants it: level / 255 in [0, 1], shape (3, height, width), row-major.
   * Rounded to float32 it equals {@code numpy.float32(level) / 255} and torchvision's {@code
   * ToTensor} bit for bit: a quotient of float32 numbers that is rounded to double first is not
   * rounded twice, since double has more than twice float32's digits.
   */
  public static double[] toTensor(RgbImage image) {
    byte[] rgb = image.rgb();
    int plane = image.width() * image.height();
    double[] tensor = new double[rgb.length];
    for (int pixel = 0, from = 0; pixel < plane; pixel++, from += 3) {
      tensor[pixel] = UNIT_LEVELS[rgb[from] & 0xff];
      tensor[plane + pixel] = UNIT_LEVELS[rgb[from + 1] & 0xff];
      tensor[2 * plane + pixel] = UNIT_LEVELS[rgb[from + 2] & 0xff];
    }
    return tensor;
  }

  private static double[] unitLevels() {
    double[] levels = new double[256];
    for (int level = 0; level < 256; level++) {
      levels[level] = level / 255.0;
    }
    return levels;
  }
}
