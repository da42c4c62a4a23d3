package org.anomalyscore.pixels;

import java.io.IOException;
import javax.imageio.ImageReader;

/** A reader of ImageIO and its input; knows afterwards whether the input ended before the image. */
final class JdkReader implements AutoCloseable {
  private final DecodingTime time;
  private final TruncationListener listener = new TruncationListener();
  private ImageReader reader;
  private ImageFormat format;
  private ByteArrayImageInput input;

  /**
   * @param time how long the reader may read; then its input fails
   */
  JdkReader(DecodingTime time) {
    this.time = time;
  }

  /**
   * A reader that has its input; it stays this object's to dispose of.
   *
   * @param stops see {@link ByteArrayImageInput}
   */
  ImageReader of(ImageFormat wanted, byte[] bytes, int... stops) throws IOException {
    if (wanted != format) {
      close();
      reader = wanted.newReader();
      reader.addIIOReadWarningListener(listener);
      format = wanted;
    }
    input = new ByteArrayImageInput(bytes, time, stops);
    // The JDK's readers look at metadata only where asked to: text chunks can be bombs too.
    boolean metadata = wanted == ImageFormat.GIF || wanted == ImageFormat.TIFF;
    reader.setInput(input, false, !metadata);
    return reader;
  }

  /** Whether the last input ended before its image did. */
  boolean truncated() {
    return listener.truncated() || (input != null && input.ranOut());
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.dispose();
      reader = null;
      format = null;
    }
  }
}
