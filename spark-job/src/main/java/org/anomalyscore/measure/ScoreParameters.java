package org.anomalyscore.measure;

import com.fasterxml.jackson.annotation.JsonValue;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.anomalyscore.storage.UserException;

/**
 * The values of all {@link Parameter parameters} of C and V, and the direction of the attack;
 * everything here can change a number. Immutable.
 */
public final class ScoreParameters implements Serializable {

  private static final long serialVersionUID = 1;

  /** The values of the paper's text. */
  public static final ScoreParameters PAPER = new ScoreParameters(presets(), true);

  /**
   * The values, and the direction, of the authors' published code: it adds the sign of the gradient
   * of minus the loss, so that the attack walks back towards x. For comparison with their numbers.
   */
  public static final ScoreParameters AUTHORS_CODE =
      new ScoreParameters(presets(), false)
          .with(Parameter.ATTACK_STEP, 2.0 / 255)
          .with(Parameter.ATTACK_START, 1e-6)
          .with(Parameter.ATTACK_BALL, 8.0 / 255);

  /**
   * Values that spend the passes of {@link #PAPER}, less one, on several draws, so that the score
   * of one image repeats: short walks along several directions, and short attacks of larger steps.
   * They were chosen by measurement, which {@code docs/models.md} shows.
   */
  public static final ScoreParameters REPEATABLE =
      PAPER
          .with(Parameter.NOISE_STEP, 0.03)
          .with(Parameter.NOISE_STEPS, 2)
          .with(Parameter.NOISE_DRAWS, 5)
          .with(Parameter.ATTACK_STEP, 0.03)
          .with(Parameter.ATTACK_STEPS, 2)
          .with(Parameter.ATTACK_DRAWS, 4);

  private final EnumMap<Parameter, Number> values;
  private final boolean ascends;

  private ScoreParameters(EnumMap<Parameter, Number> values, boolean ascends) {
    this.values = values;
    this.ascends = ascends;
  }

  private static EnumMap<Parameter, Number> presets() {
    EnumMap<Parameter, Number> presets = new EnumMap<>(Parameter.class);
    for (Parameter parameter : Parameter.values()) {
      presets.put(parameter, parameter.preset());
    }
    return presets;
  }

  /** A parameter's value: a Double, an Integer for a count, a Long for the seed. */
  public Number get(Parameter parameter) {
    return values.get(parameter);
  }

  /**
   * The same with one parameter at another value.
   *
   * @throws UserException if the value is out of the parameter's range
   */
  public ScoreParameters with(Parameter parameter, Number value) {
    EnumMap<Parameter, Number> changed = new EnumMap<>(values);
    changed.put(parameter, parameter.checked(value));
    return new ScoreParameters(changed, ascends);
  }

  /** eps of Eq. 1, the L2 length of one noise step in pixel space, above 0. */
  public double noiseStep() {
    return get(Parameter.NOISE_STEP).doubleValue();
  }

  /** K of Eq. 1, at least 2. */
  public int noiseSteps() {
    return get(Parameter.NOISE_STEPS).intValue();
  }

  /** alpha of Eq. 4, in pixel units, above 0. */
  public double attackStep() {
    return get(Parameter.ATTACK_STEP).doubleValue();
  }

  /** J of Eq. 4, at least 1. */
  public int attackSteps() {
    return get(Parameter.ATTACK_STEPS).intValue();
  }

  /** r0, the half width of the random start, at least 0. */
  public double attackStart() {
    return get(Parameter.ATTACK_START).doubleValue();
  }

  /** The half width of the box around x that the attack stays in; 0 for none. */
  public double attackBall() {
    return get(Parameter.ATTACK_BALL).doubleValue();
  }

  /**
   * True where the attack increases the features' distance, as the paper's equations say; false
   * where it decreases it, as the authors' published code does.
   */
  public boolean ascends() {
    return ascends;
  }

  /** The seed of the noise stream. */
  public long seed() {
    return get(Parameter.SEED).longValue();
  }

  /** Draws of the noise direction that C of an image is averaged over, at least 1. */
  public int noiseDraws() {
    return get(Parameter.NOISE_DRAWS).intValue();
  }

  /** Draws of the attack's start that V of an image is averaged over, at least 1. */
  public int attackDraws() {
    return get(Parameter.ATTACK_DRAWS).intValue();
  }

  /**
   * The same with one number of draws for C and V.
   *
   * @throws UserException if it is below 1
   */
  public ScoreParameters withDraws(int draws) {
    return with(Parameter.NOISE_DRAWS, draws).with(Parameter.ATTACK_DRAWS, draws);
  }

  /**
   * Passes of an image through the network: M(x), K a draw of the noise, one for the floor, and in
   * each draw of the attack J gradients of two passes (forward and backward) and the last features.
   */
  public int passes() {
    return 1 + noiseDraws() * noiseSteps() + 1 + attackDraws() * (2 * attackSteps() + 1);
  }

  /** As the table {@code runs} records them; notebooks read these names. */
  @JsonValue
  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    values.forEach((parameter, value) -> map.put(parameter.jsonName(), value));
    map.put("ascends", ascends);
    return map;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ScoreParameters that
        && values.equals(that.values)
        && ascends == that.ascends;
  }

  @Override
  public int hashCode() {
    return 31 * values.hashCode() + Boolean.hashCode(ascends);
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
