package org.anomalyscore.command;

import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;
import picocli.CommandLine.Option;

/** How much resampling stands beside a number. */
public final class ResamplingOptions {

  @Option(
      names = "--permutations",
      defaultValue = "1000",
      paramLabel = "N",
      description =
          "Computes p from this number of permutations; 0 for no test. Default: ${DEFAULT-VALUE}.")
  private int permutations;

  @Option(
      names = "--resamples",
      defaultValue = "1000",
      paramLabel = "N",
      description =
          "Computes intervals from this number of bootstrap resamples; 0 for no interval."
              + " Default: ${DEFAULT-VALUE}.")
  private int resamples;

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
      return new AnomalyScore.Options(seed, permutations, resamples, confidence);
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
