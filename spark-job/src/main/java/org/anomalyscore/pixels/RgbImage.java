package org.anomalyscore.pixels;

/**
 * A decoded image: 8-bit RGB, interleaved, row-major, top row first.
 *
 * @param width columns, at least 1
 * @param height rows, at least 1
 * @param rgb {@code 3 * width * height} levels 0..255 as unsigned bytes; shared, not copied, since
 *     a copy of a 100 megapixel image is 300 MB: whoever holds it must not write to it
 */
// The array is the content, and images are never compared or used as keys.
@SuppressWarnings("ArrayRecordComponent")
public record RgbImage(int width, int height, byte[] rgb) {

  /**
   * @throws IllegalArgumentException if a side is below 1 or the array's length is not {@code 3 *
   *     width * height}
   */
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "Not an RGB image: %d x %d pixels in %d bytes".formatted(width, height, rgb.length));
    }
  }

  @Override
  public String toString() {
    return "RgbImage[" + width + "x" + height + "]";
  }
}
