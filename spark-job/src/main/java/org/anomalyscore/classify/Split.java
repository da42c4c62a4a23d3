package org.anomalyscore.classify;

import java.io.Serializable;

/**
 * A task with its images parted.
 *
 * @param fraction of the images beside the test set that are trained on
 * @param test images of a class in the test set: places 0 to {@code test - 1}
 * @param train images of a class in the training set: the places that follow
 */
record Split(ClassificationTask task, double fraction, long test, long train)
    implements Serializable {

  /** With a fraction of the images beside the test set. */
  static Split of(ClassificationTask task, SplitOptions options, double fraction) {
    long rest = task.perClass() - test(task, options);
    return new Split(task, fraction, test(task, options), Math.max(1, Math.round(fraction * rest)));
  }

  private static long test(ClassificationTask task, SplitOptions options) {
    long n = task.perClass();
    return Math.max(1, Math.min(n - 1, Math.round(options.testFraction() * n)));
  }

  /** The same with so many training images of each class, of those that there are. */
  Split withTrain(long images) {
    return new Split(task, (double) images / (task.perClass() - test), test, images);
  }
}
