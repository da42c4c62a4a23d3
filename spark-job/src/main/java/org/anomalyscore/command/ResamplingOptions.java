package org.anomalyscore.command;

import org.anomalyscore.stats.AnomalyScore;
import org.anomalyscore.storage.UserException;
import picocli.CommandLine.Option;

/** How much resampling stands beside a score. */
public final class ResamplingOptions {

  @Option(
      names = "--permutations",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Of the permutation test; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int permutations;

  @Option(
      names = "--resamples",
      defaultValue = "1000",
      paramLabel = "N",
      description = "Of the bootstrap interval; 0 for none. Default: ${DEFAULT-VALUE}.")
  private int resamples;

  @Option(
      names = "--confidence",
      defaultValue = "0.95",
      paramLabel = "P",
      description = "Of the bootstrap interval. Default: ${DEFAULT-VALUE}.")
  private double confidence;

  @Option(names = "--seed", defaultValue = "0", description = "Of both. Default: 0.")
  private long seed;

  public AnomalyScore.Options options() {
    try {
      return new AnomalyScore.Options(seed, permutations, resamples, confidence);
    } catch (IllegalArgumentException e) {
      throw new UserException(e.getMessage(), e);
    }
  }
}
