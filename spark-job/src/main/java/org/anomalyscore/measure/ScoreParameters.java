package org.anomalyscore.measure;

import java.io.Serializable;
import org.anomalyscore.storage.UserException;

/**
 * The parameters of C and V; everything here can change a number.
 *
 * @param noiseStep eps of Eq. 1, the L2 length of one noise step in pixel space
 * @param noiseSteps K of Eq. 1, at least 2
 * @param attackStep alpha of Eq. 4, in pixel units
 * @param attackSteps J of Eq. 4, at least 1
 * @param attackStart r0, the half width of the random start
 * @param attackBall half width of the box around x that the attack stays in; 0 for none
 * @param ascends true: the attack increases the features' distance, as the paper's equations say;
 *     false: it decreases it, as the authors' published code does
 * @param seed of the noise stream
 * @param draws independent draws of the noise direction and the attack's start that C and V of an
 *     image are averaged over, at least 1
 */
public record ScoreParameters(
    double noiseStep,
    int noiseSteps,
    double attackStep,
    int attackSteps,
    double attackStart,
    double attackBall,
    boolean ascends,
    long seed,
    int draws)
    implements Serializable {

  /** The values of the paper's text. */
  public static final ScoreParameters PAPER =
      new ScoreParameters(0.01, 10, 0.01, 10, 1e-3, 0, true, 0);

  /**
   * The values, and the direction, of the authors' published code: it adds the sign of the gradient
   * of minus the loss, so that the attack walks back towards x. For comparison with their numbers.
   */
  public static final ScoreParameters AUTHORS_CODE =
      new ScoreParameters(0.01, 10, 2.0 / 255, 10, 1e-6, 8.0 / 255, false, 0);

  /** Refuses values that have no meaning. */
  public ScoreParameters {
    requirePositive("--noise-step", noiseStep);
    requirePositive("--attack-step", attackStep);
    requireNotNegative("--attack-start", attackStart);
    requireNotNegative("--attack-ball", attackBall);
    if (noiseSteps < 2) {
      throw new UserException(
          "--noise-steps is " + noiseSteps + ": an angle needs two steps. Give 2 or more.");
    }
    if (attackSteps < 1) {
      throw new UserException("--attack-steps is " + attackSteps + ". Give 1 or more.");
    }
    if (draws < 1) {
      throw new UserException("--draws is " + draws + ". Give 1 or more.");
    }
  }

  /** One draw, as the paper has it. */
  public ScoreParameters(
      double noiseStep,
      int noiseSteps,
      double attackStep,
      int attackSteps,
      double attackStart,
      double attackBall,
      boolean ascends,
      long seed) {
    this(noiseStep, noiseSteps, attackStep, attackSteps, attackStart, attackBall, ascends, seed, 1);
  }

  /** The same measurement under other noise. */
  public ScoreParameters withSeed(long value) {
    return new ScoreParameters(
        noiseStep,
        noiseSteps,
        attackStep,
        attackSteps,
        attackStart,
        attackBall,
        ascends,
        value,
        draws);
  }

  /** The same measurement averaged over other many draws. */
  public ScoreParameters withDraws(int value) {
    return new ScoreParameters(
        noiseStep,
        noiseSteps,
        attackStep,
        attackSteps,
        attackStart,
        attackBall,
        ascends,
        seed,
        value);
  }

  private static void requirePositive(String option, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new UserException(option + " is " + value + ". Give a number above 0.");
    }
  }

  private static void requireNotNegative(String option, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new UserException(option + " is " + value + ". Give 0 or a number above it.");
    }
  }
}
