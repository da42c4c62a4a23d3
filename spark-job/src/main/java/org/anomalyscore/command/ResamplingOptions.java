package org.anomalyscore.command;

import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;
import picocli.CommandLine.Option;

/** How much resampling stands beside a number. */
public final class ResamplingOptions {

  @Option(
      names = "--permutations",
      paramLabel = "N",
      description =
          "Computes p from exactly this number of permutations of all images; 0 for no test."
              + " Default: 1000, which evaluate draws from larger sets than 50,000 images in part, and"
              + " of which 199 are enough there where p is above 0.1.")
  private Integer permutations;

  @Option(
      names = "--resamples",
      paramLabel = "N",
      description =
          "Computes intervals from exactly this number of bootstrap resamples of all images; 0 for"
              + " no interval. Default: 1000, which evaluate draws as it draws permutations.")
  private Integer resamples;

  @Option(
      names = "--confidence",
      defaultValue = "0.95",
      paramLabel = "P",
      description = "Sets the confidence of intervals, between 0 and 1. Default: ${DEFAULT-VALUE}.")
  private double confidence;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Draws permutations and resamples from this seed. Default: 0.")
  private long seed;

  public AnomalyScore.Options options() {
    try {
      return AnomalyScore.Options.of(seed, permutations, resamples, confidence);
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
