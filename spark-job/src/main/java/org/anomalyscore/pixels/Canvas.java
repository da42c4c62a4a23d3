package org.anomalyscore.pixels;

/**
 * The area of an animation, of which a frame may fill only a part. ImageIO gives the frame alone,
 * Pillow the whole area.
 *
 * @param width columns
 * @param height rows
 * @param left column of the frame
 * @param top row of the frame
 */
record Canvas(int width, int height, int left, int top) {

  /** The frame on this canvas, with one colour (three levels) around it. */
  RgbImage draw(RgbImage frame, byte[] background) {
    if (frame.width() == width && frame.height() == height) {
      return frame;
    }
    byte[] rgb = new byte[Math.multiplyExact(3, Math.multiplyExact(width, height))];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = background[i % 3];
    }
    int stride = 3 * frame.width();
    for (int y = 0; y < frame.height(); y++) {
      System.arraycopy(frame.rgb(), y * stride, rgb, 3 * ((top + y) * width + left), stride);
    }
    return new RgbImage(width, height, rgb);
  }
}
