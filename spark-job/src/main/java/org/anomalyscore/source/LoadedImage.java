package org.anomalyscore.source;

import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.pixels.RgbImage;

/**
 * A file after reading, decoding and resizing: the row type between image and inference.
 *
 * @param path as listed
 * @param imageId SHA-256 of the file's bytes; null when it could not be read
 * @param width of the original image, pixels
 * @param height of the original image, pixels
 * @param format of the file, as {@code png}, found by its bytes; null when rejected
 * @param pixels at the feature model's input size; null when rejected
 * @param reason null, or why there are no pixels
 * @param message for the user, with the reason
 * @param readNanos spent on reading the bytes
 */
public record LoadedImage(
    String path,
    String imageId,
    int width,
    int height,
    String format,
    RgbImage pixels,
    RejectReason reason,
    String message,
    long readNanos) {

  static LoadedImage rejected(
      String path, String imageId, RejectReason reason, String message, long readNanos) {
    return new LoadedImage(path, imageId, 0, 0, null, null, reason, message, readNanos);
  }

  /** True when there is nothing to score. */
  public boolean isRejected() {
    return reason != null;
  }
}
