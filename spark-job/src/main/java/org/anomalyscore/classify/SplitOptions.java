package org.anomalyscore.classify;

import org.anomalyscore.storage.UserException;

/**
 * How images are split.
 *
 * @param seed of the order of images and of the perceptron's start
 * @param testFraction of each class, in (0, 1)
 */
record SplitOptions(long seed, double testFraction) {

  /**
   * @throws UserException for a fraction out of range
   */
  SplitOptions {
    if (!(testFraction > 0 && testFraction < 1)) {
      throw new UserException(
          "--test-fraction is " + testFraction + ". Give more than 0 and less than 1.");
    }
  }
}
