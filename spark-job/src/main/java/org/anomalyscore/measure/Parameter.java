package org.anomalyscore.measure;

import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.anomalyscore.storage.UserException;

/**
 * A number that the definition of C and V leaves open: its option, symbol, range and default (that
 * of the paper's text).
 */
public enum Parameter {
  /** The L2 length of one noise step in pixel space, eps of Eq. 1. */
  NOISE_STEP("eps", Kind.REAL, 0.01, Double.MIN_VALUE, ". Give a number above 0.", Part.COMPLEXITY),
  /** The number of noise steps, K of Eq. 1. */
  NOISE_STEPS(
      "K", Kind.COUNT, 10, 2, ": an angle needs two steps. Give 2 or more.", Part.COMPLEXITY),
  /** The length of a step of the attack, alpha of Eq. 4, in pixel units. */
  ATTACK_STEP(
      "alpha", Kind.REAL, 0.01, Double.MIN_VALUE, ". Give a number above 0.", Part.VULNERABILITY),
  /** The number of the attack's steps, J of Eq. 4. */
  ATTACK_STEPS("J", Kind.COUNT, 10, 1, ". Give 1 or more.", Part.VULNERABILITY),
  /** The half width of the attack's random start, in pixel units. */
  ATTACK_START("r0", Kind.REAL, 1e-3, 0, ". Give 0 or a number above it.", Part.VULNERABILITY),
  /** The half width of the box around x that the attack stays in, in pixel units; 0 for none. */
  ATTACK_BALL("R", Kind.REAL, 0, 0, ". Give 0 or a number above it.", Part.VULNERABILITY),
  /** The seed of the noise stream. */
  SEED("seed", Kind.WHOLE, 0, Long.MIN_VALUE, ". Give a whole number of 64 bits.", Part.BOTH),
  /** How many independent draws of the noise direction C of an image is averaged over. */
  NOISE_DRAWS("R_C", Kind.COUNT, 1, 1, ". Give 1 or more.", Part.COMPLEXITY),
  /** How many independent draws of the attack's start V of an image is averaged over. */
  ATTACK_DRAWS("R_V", Kind.COUNT, 1, 1, ". Give 1 or more.", Part.VULNERABILITY);

  /** What of a score a parameter changes. */
  public enum Part {
    /** C and never V. */
    COMPLEXITY,
    /** V and never C. */
    VULNERABILITY,
    /** C and V. */
    BOTH
  }

  /** How a value is held. */
  private enum Kind {
    REAL(Number::doubleValue),
    COUNT(Number::intValue),
    WHOLE(Number::longValue);

    private final Function<Number, Number> held;

    Kind(Function<Number, Number> held) {
      this.held = held;
    }
  }

  private static final Pattern UNDERSCORE = Pattern.compile("_(.)");

  private final String symbol;
  private final Kind kind;
  private final double preset;
  private final double least;
  private final String remedy;
  private final Part changes;

  Parameter(String symbol, Kind kind, double preset, double least, String remedy, Part changes) {
    this.symbol = symbol;
    this.kind = kind;
    this.preset = preset;
    this.least = least;
    this.remedy = remedy;
    this.changes = changes;
  }

  /** The parameter that {@link #text} names. */
  public static Parameter named(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }

  /** The option of the command line, such as {@code --noise-step}. */
  public String option() {
    return "--" + text().replace('_', '-');
  }

  /** As tables name it, such as {@code noise_step}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** As the JSON of the table {@code runs} names it, such as {@code noiseStep}. */
  String jsonName() {
    return UNDERSCORE.matcher(text()).replaceAll(next -> next.group(1).toUpperCase(Locale.ROOT));
  }

  /** As the paper and this project's documentation write it. */
  public String symbol() {
    return symbol;
  }

  /** The value of the paper's text. */
  public Number preset() {
    return kind.held.apply(preset);
  }

  /** What of a score it changes. */
  public Part changes() {
    return changes;
  }

  /**
   * A value as it is held: a Double, an Integer for a count, a Long for the seed.
   *
   * @throws UserException if it is no number of this parameter's range, or not whole where it must
   *     be
   */
  Number checked(Number value) {
    Number held = kind.held.apply(value);
    if (Double.compare(held.doubleValue(), value.doubleValue()) != 0) {
      throw new UserException(option() + " is " + value + ". Give a whole number.");
    }
    if (!(held.doubleValue() >= least) || Double.isInfinite(held.doubleValue())) {
      throw new UserException(option() + " is " + held + remedy);
    }
    return held;
  }
}
