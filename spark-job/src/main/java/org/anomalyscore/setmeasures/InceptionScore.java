package org.anomalyscore.setmeasures;

import java.io.Serializable;
import java.util.List;
import scala.Tuple2;

/**
 * Inception Score: exp of the mean over images of KL(p(y|x) ‖ p(y)), where p(y|x) are the
 * probabilities of the classes that the network gives an image, the softmax of its logits, and p(y)
 * is their mean over images (Salimans et al. 2016, arXiv 1606.03498, section 4). It is 1 where all
 * images have the same probabilities, and the number of classes at most, where each image is surely
 * of one class and all classes are as frequent.
 *
 * <p>As in the authors' code it is computed of ten parts of the set, each with its own p(y), and
 * the mean is given. It depends on the number of images: p(y) of few images is closer to each
 * p(y|x), so that the score is lower. The parts are by the order of the images' hashes, which is
 * random, and not by the order of files, in which classes may lie together. Where the number of
 * images is a multiple of ten, the parts are those of torch-fidelity and of the authors on images
 * in this order.
 */
public final class InceptionScore {

  /** Parts of a set. */
  static final int SPLITS = 10;

  private InceptionScore() {}

  /** Sums over images of a part: of p(y|x) for each class, and of Σ p(y|x) log p(y|x). */
  // The array is the content, and these are never compared or used as keys.
  @SuppressWarnings("ArrayRecordComponent")
  private record Part(int count, double[] probabilities, double negativeEntropy)
      implements Serializable {

    static Part of(FeatureBlock logits) {
      int classes = logits.dimension();
      double[] sums = new double[classes];
      double negativeEntropy = 0;
      double[] image = new double[classes];
      for (int row = 0; row < logits.rows(); row++) {
        double largest = Double.NEGATIVE_INFINITY;
        for (int y = 0; y < classes; y++) {
          image[y] = logits.values()[row * classes + y];
          largest = Math.max(largest, image[y]);
        }
        double sum = 0;
        for (double logit : image) {
          sum += Math.exp(logit - largest);
        }
        double norm = largest + Math.log(sum);
        for (int y = 0; y < classes; y++) {
          double log = image[y] - norm;
          double p = Math.exp(log);
          sums[y] += p;
          negativeEntropy += p * log;
        }
      }
      return new Part(logits.rows(), sums, negativeEntropy);
    }

    Part plus(Part other) {
      double[] sums = probabilities.clone();
      for (int y = 0; y < sums.length; y++) {
        sums[y] += other.probabilities[y];
      }
      return new Part(count + other.count, sums, negativeEntropy + other.negativeEntropy);
    }

    double score() {
      double divergence = negativeEntropy / count;
      for (double sum : probabilities) {
        double mean = sum / count;
        // The limit of p log p at 0 is 0.
        if (mean > 0) {
          divergence -= mean * Math.log(mean);
        }
      }
      return Math.exp(divergence);
    }
  }

  /**
   * Of a set of images.
   *
   * @param logits in the place of features
   * @return the mean over the parts, and its standard error: their standard deviation (nine in the
   *     denominator) over the root of ten. Publications print the standard deviation with ten in
   *     the denominator, which is three times this. NaN for fewer than 20 images, as a part of one
   *     image has always the score 1
   */
  public static Estimate of(FeatureSet logits) {
    if (logits.size() < 2 * SPLITS) {
      return Estimate.UNDEFINED;
    }
    List<Tuple2<Integer, Part>> blocks =
        logits
            .blocks()
            .map(block -> new Tuple2<>(block.group() * SPLITS / FeatureSet.GROUPS, Part.of(block)))
            .collect();
    Part[] parts = new Part[SPLITS];
    for (Tuple2<Integer, Part> block : blocks) {
      Part part = parts[block._1()];
      parts[block._1()] = part == null ? block._2() : part.plus(block._2());
    }
    double mean = 0;
    for (Part part : parts) {
      mean += part.score() / SPLITS;
    }
    double squares = 0;
    for (Part part : parts) {
      squares += (part.score() - mean) * (part.score() - mean);
    }
    return new Estimate(mean, Math.sqrt(squares / (SPLITS - 1) / SPLITS));
  }
}
