package org.anomalyscore.source;

import java.io.Closeable;
import java.io.IOException;
import org.anomalyscore.pixels.ImageDecoder;
import org.anomalyscore.pixels.RejectedImageException;
import org.anomalyscore.pixels.RgbImage;

/**
 * An open container. Members may be asked for in any order; in the order of their positions it is
 * read forward only.
 */
interface MemberReader extends Closeable {

  /**
   * The bytes of a member, of which the image's id is made.
   *
   * @throws RejectedImageException if the container holds no such bytes
   * @throws IOException if it is damaged, or the storage failed
   */
  byte[] read(Item.Member member) throws IOException, RejectedImageException;

  /** The format of what {@link #read} gave, as {@code png}. */
  default String format(byte[] bytes) {
    return ImageDecoder.format(bytes);
  }

  /** Makes an image of what {@link #read} gave. */
  default RgbImage decode(byte[] bytes, long maxPixels) throws RejectedImageException {
    return ImageDecoder.decode(bytes, maxPixels);
  }
}
