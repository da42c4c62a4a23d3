package org.anomalyscore.score;

import org.anomalyscore.command.Positive;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.FeatureSample;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.source.Search;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.DatasetName;

/**
 * What a run of {@code score} is asked for, checked; made by {@link #of}.
 *
 * @param images the path, as {@link org.anomalyscore.source.ImageFinder} takes it
 * @param dataset what the tables call the images
 * @param out the folder of the tables
 * @param search what is looked for under the path
 * @param strict whether a data set that holds images of another path is an error
 * @param engine what measures
 * @param parameters of C and V
 * @param featureFraction the share of the images whose features are kept, in [0, 1]
 * @param partitions of a slice; 0 to go by cores and images
 * @param sliceImages images that are committed together; 0 to go by time
 * @param failAboveRejectFraction the share of rejected images that is too many, in [0, 1]
 */
public record ScoreRequest(
    String images,
    String dataset,
    String out,
    Search search,
    boolean strict,
    EngineOptions engine,
    ScoreParameters parameters,
    double featureFraction,
    int partitions,
    int sliceImages,
    double failAboveRejectFraction) {

  /** The share of rejected images that is too many where the user names none. */
  public static final double DEFAULT_REJECT_FRACTION = 0.05;

  /**
   * A request with all defaults, to be changed by name and then {@linkplain Builder#build built}.
   *
   * @param images a path or glob
   * @param dataset the name under which the scores are stored
   * @param out the folder of the tables
   */
  public static Builder of(String images, String dataset, EngineOptions engine, String out) {
    return new Builder(images, dataset, engine, out);
  }

  /** The images whose features are kept. */
  FeatureSample featureSample() {
    return new FeatureSample(featureFraction, parameters.seed());
  }

  /** Options by name. */
  public static final class Builder {

    private final String images;
    private final String dataset;
    private final EngineOptions engine;
    private final String out;
    private Search search = Search.BY_NAME;
    private boolean strict;
    private ScoreParameters parameters = ScoreParameters.PAPER;
    private double featureFraction;
    private int partitions;
    private int sliceImages;
    private double failAboveRejectFraction = DEFAULT_REJECT_FRACTION;

    private Builder(String images, String dataset, EngineOptions engine, String out) {
      this.images = images;
      this.dataset = DatasetName.require("--dataset", dataset);
      this.engine = engine;
      this.out = out;
    }

    public Builder parameters(ScoreParameters value) {
      parameters = value;
      return this;
    }

    /** What is looked for under the path. */
    public Builder search(Search value) {
      search = value;
      return this;
    }

    /** Whether a data set that holds images of another path is an error, not a warning. */
    public Builder strict(boolean value) {
      strict = value;
      return this;
    }

    /** The share of the images whose features are kept; null for none. */
    public Builder featureFraction(Double value) {
      if (value != null && !(value > 0 && value <= 1)) {
        throw new UserException(
            "--features is "
                + value
                + ". Give the fraction of the images whose features are to be kept, above 0 and at"
                + " most 1, or --features alone for all.");
      }
      featureFraction = value == null ? 0 : value;
      return this;
    }

    /** Spark partitions of a slice; null to go by cores and images. */
    public Builder partitions(Integer value) {
      partitions = value == null ? 0 : Positive.require("--partitions", value);
      return this;
    }

    /** Images that are committed together; null to go by time. */
    public Builder sliceImages(Integer value) {
      sliceImages = value == null ? 0 : Positive.require("--slice", value);
      return this;
    }

    public Builder failAboveRejectFraction(double value) {
      if (!(value >= 0 && value <= 1)) {
        throw new UserException(
            "--fail-above-reject-fraction is " + value + ". Give a number from 0 to 1.");
      }
      failAboveRejectFraction = value;
      return this;
    }

    /**
     * The finished request.
     *
     * @throws UserException where an option has no meaning
     */
    public ScoreRequest build() {
      return new ScoreRequest(
          images,
          dataset,
          out,
          search,
          strict,
          engine,
          parameters,
          featureFraction,
          partitions,
          sliceImages,
          failAboveRejectFraction);
    }
  }
}
