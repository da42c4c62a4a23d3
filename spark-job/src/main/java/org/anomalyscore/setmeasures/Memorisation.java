package org.anomalyscore.setmeasures;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.setmeasures.Neighbours.Nearest;
import org.anomalyscore.stats.TwoSampleTests;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Whether generated images are copies of a generator's training set: beside that set and a
 * reference of natural images that the generator was not trained on. What generated sets share is
 * computed once.
 */
public final class Memorisation {

  /** Cells of the CT score; the authors take a few, and each must hold enough images. */
  private static final int MOST_CELLS = 10;

  /** Images of the smaller set a cell, on average. */
  private static final int IMAGES_A_CELL = 50;

  /** Below so many images of a set a cell is left out, as the authors advise (20 / m). */
  private static final int FEWEST_IN_A_CELL = 20;

  private final FeatureSet training;
  private final FeatureSet reference;
  private final double[] ownNearest;
  private final Nearest ofReference;

  /**
   * Looks for the reference's nearest training images.
   *
   * @param training features of the images that the generator was trained on, at least two
   * @param reference features of natural images that it was not trained on, of the same dimension,
   *     at least one
   */
  public Memorisation(FeatureSet training, FeatureSet reference) {
    this.training = training;
    this.reference = reference;
    this.ownNearest = Neighbours.radius(training.radii(), 1);
    this.ofReference = Neighbours.nearest(reference, training.blocks());
  }

  /**
   * What was found of a generated set. Undefined numbers are NaN.
   *
   * @param nTraining images of the training set
   * @param authenticity share of generated images that lie further from their nearest training
   *     image than that image's nearest other training image does (Alaa et al. 2022, arXiv
   *     2102.08921, section 4, AuthPct / 100); the error is the binomial one
   * @param referenceAuthenticity the same of the reference's images: what a generator that copies
   *     nothing is to be compared with
   * @param ct the CT score (Meehan et al. 2020, arXiv 2004.05675, section 3.2): how many standard
   *     deviations further from the training set the generated images lie than the reference's, by
   *     Mann and Whitney's U in each cell, cells weighted by the reference's images in them. Far
   *     below 0 is copying, far above 0 is unlike the training set; the error is the deviation that
   *     it has where neither is so. The cells are the training images that are nearest to each of
   *     its first ones by {@code image_id}, where the authors take k-means
   * @param nearest of each generated image in order of {@code image_id} and path: the index of its
   *     nearest training image in that order
   * @param distance to it
   * @param ratio of that distance to the training image's to its nearest other; up to 1 for images
   *     that are not authentic, 0 for a copy; NaN where the training image has an equal
   */
  public record Found(
      int nTraining,
      Estimate authenticity,
      Estimate referenceAuthenticity,
      Estimate ct,
      int[] nearest,
      double[] distance,
      double[] ratio) {

    /** The measures of the set, by the names of their columns. */
    public Map<String, Estimate> byName() {
      Map<String, Estimate> measures = new LinkedHashMap<>();
      measures.put("authenticity", authenticity);
      measures.put("reference_authenticity", referenceAuthenticity);
      measures.put("ct_score", ct);
      return measures;
    }
  }

  /**
   * Looks at a generated set.
   *
   * @param generated features of the same dimension, at least one
   */
  public Found of(FeatureSet generated) {
    Nearest ofGenerated = Neighbours.nearest(generated, training.blocks());
    double[] distance = new double[generated.size()];
    double[] ratio = new double[generated.size()];
    for (int i = 0; i < distance.length; i++) {
      double own = ownNearest[ofGenerated.index()[i]];
      distance[i] = Math.sqrt(ofGenerated.squared()[i]);
      ratio[i] = distance[i] == 0 ? 0 : own == 0 ? Double.NaN : distance[i] / Math.sqrt(own);
    }
    return new Found(
        training.size(),
        authenticity(ofGenerated),
        authenticity(ofReference),
        ct(generated, ofGenerated),
        ofGenerated.index(),
        distance,
        ratio);
  }

  private Estimate authenticity(Nearest nearest) {
    double n = nearest.index().length;
    long authentic = 0;
    for (int i = 0; i < n; i++) {
      if (nearest.squared()[i] > ownNearest[nearest.index()[i]]) {
        authentic++;
      }
    }
    double share = authentic / n;
    return new Estimate(share, Math.sqrt(share * (1 - share) / n));
  }

  private Estimate ct(FeatureSet generated, Nearest ofGenerated) {
    int cells =
        Math.max(
            1,
            Math.min(
                Math.min(MOST_CELLS, training.size()),
                Math.min(generated.size(), reference.size()) / IMAGES_A_CELL));
    JavaRDD<FeatureBlock> anchors = anchors(cells);
    int[] cellOfReference = Neighbours.nearest(reference, anchors).index();
    int[] cellOfGenerated = Neighbours.nearest(generated, anchors).index();
    double sum = 0;
    double weights = 0;
    double squares = 0;
    for (int cell = 0; cell < cells; cell++) {
      double[] real = within(ofReference, cellOfReference, cell);
      double[] made = within(ofGenerated, cellOfGenerated, cell);
      if (Math.min(real.length, made.length) < FEWEST_IN_A_CELL) {
        continue;
      }
      double weight = real.length;
      sum += weight * TwoSampleTests.rankSums(real, made).standardised(real.length, made.length);
      weights += weight;
      squares += weight * weight;
    }
    return weights == 0
        ? Estimate.UNDEFINED
        : new Estimate(sum / weights, Math.sqrt(squares) / weights);
  }

  /** Its first rows, which are a random sample, since their order is that of hashes. */
  private JavaRDD<FeatureBlock> anchors(int cells) {
    List<FeatureBlock> first =
        training.blocks().filter(block -> block.start() < cells).collect().stream()
            .map(block -> block.first(cells - block.start()))
            .toList();
    return JavaSparkContext.fromSparkContext(training.blocks().context()).parallelize(first, 1);
  }

  /** The order of squares is that of distances. */
  private static double[] within(Nearest nearest, int[] cells, int cell) {
    double[] squared = new double[cells.length];
    int n = 0;
    for (int i = 0; i < cells.length; i++) {
      if (cells[i] == cell) {
        squared[n++] = nearest.squared()[i];
      }
    }
    return Arrays.copyOf(squared, n);
  }
}
