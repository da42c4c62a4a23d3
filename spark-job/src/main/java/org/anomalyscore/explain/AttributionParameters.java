package org.anomalyscore.explain;

import java.io.Serializable;
import org.anomalyscore.storage.UserException;

/**
 * How vulnerability is attributed to super-pixels.
 *
 * @param superpixels wanted of each image
 * @param trials attacks of each seed
 * @param seeds how many: the score's own and those that follow it
 * @param regression of the trials on what they attacked
 */
public record AttributionParameters(int superpixels, int trials, int seeds, Regression regression)
    implements Serializable {

  /** How the coefficients are found. */
  public enum Regression {
    /** Ridge regression with the penalty that generalised cross-validation chooses. */
    RIDGE("ridge-gcv"),
    /** Least squares; of all solutions the shortest. */
    LEAST_NORM("least-norm");

    private final String text;

    Regression(String text) {
      this.text = text;
    }

    /** The text in the table. */
    public String text() {
      return text;
    }
  }

  /** Trials attack at most six super-pixels, and some must be left alone. */
  public static final int LEAST_SUPERPIXELS = SuperPixelTrials.MOST_ATTACKED + 2;

  /** Beyond, a super-pixel of a small image is a pixel or two. */
  private static final int MOST_SUPERPIXELS = 500;

  private static final int LEAST_TRIALS = 10;

  /** Refuses values that have no meaning. */
  public AttributionParameters {
    if (superpixels < LEAST_SUPERPIXELS || superpixels > MOST_SUPERPIXELS) {
      throw new UserException(
          "--superpixels is "
              + superpixels
              + ". Give "
              + LEAST_SUPERPIXELS
              + " to "
              + MOST_SUPERPIXELS
              + ": each trial attacks up to "
              + SuperPixelTrials.MOST_ATTACKED
              + " of them and leaves the others.");
    }
    if (trials < LEAST_TRIALS) {
      throw new UserException(
          "--trials is "
              + trials
              + ". Give "
              + LEAST_TRIALS
              + " or more; by default 4 a super-pixel.");
    }
    if (seeds < 1) {
      throw new UserException("--seeds is " + seeds + ". Give 1 or more.");
    }
  }
}
