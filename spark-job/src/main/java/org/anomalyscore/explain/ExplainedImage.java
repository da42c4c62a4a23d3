package org.anomalyscore.explain;

import java.io.Serializable;
import java.util.List;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.source.LoadedImage;

/**
 * An image after its attribution, or why there is none.
 *
 * @param path as listed, or as the scores have it
 * @param imageId SHA-256 of the file's bytes; null when it could not be read
 * @param pieces in the order of their numbers; empty where there is no attribution
 * @param intercept of the regression, mean over seeds
 * @param rSquared mean over seeds; NaN where undefined
 * @param penalty mean over seeds
 * @param rankCorrelation between seeds; NaN where undefined
 * @param overlay where its picture lies; null where there is no attribution
 * @param reason null, or why there is no attribution
 * @param message for the user, with the reason
 */
public record ExplainedImage(
    String path,
    String imageId,
    List<Piece> pieces,
    double intercept,
    double rSquared,
    double penalty,
    double rankCorrelation,
    String overlay,
    String reason,
    String message)
    implements Serializable {

  /**
   * A super-pixel.
   *
   * @param coefficient what attacking it adds to V, mean over seeds
   * @param deviation of the coefficient, over seeds; NaN for one seed
   * @param rank 1 for the largest coefficient
   * @param pixels of the model's input
   * @param centreX pixels from the left
   * @param centreY pixels from the top
   */
  public record Piece(
      int number,
      double coefficient,
      double deviation,
      int rank,
      int pixels,
      double centreX,
      double centreY)
      implements Serializable {}

  static ExplainedImage failed(LoadedImage image) {
    return failed(image.path(), image.imageId(), image.reason(), image.message());
  }

  static ExplainedImage failed(String path, String imageId, RejectReason reason, String message) {
    return new ExplainedImage(
        path,
        imageId,
        List.of(),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        null,
        reason.text(),
        message);
  }
}
