package org.anomalyscore.command;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The definition of C and V: a profile, and what replaces single values of it. */
public final class ProfileOptions {

  @Option(
      names = "--profile",
      defaultValue = "paper",
      converter = Profiles.class,
      description = {
        "paper (default), or authors-code: the published code's values, whose attack walks back"
            + " towards the image; only to compare with their numbers."
      })
  private ScoreParameters profile;

  @Option(names = "--seed", defaultValue = "0", description = "Seed of the noise. Default: 0.")
  private long seed;

  @Option(
      names = "--draws",
      defaultValue = "1",
      paramLabel = "R",
      description =
          "Averages C and V of an image over R independent draws of the noise, at R times the cost;"
              + " their random part falls by the root of R. Default: 1, as in the paper.")
  private int draws;

  @Option(names = "--noise-step", paramLabel = "EPS", description = "eps of Eq. 1.")
  private Double noiseStep;

  @Option(names = "--noise-steps", paramLabel = "K", description = "K of Eq. 1.")
  private Integer noiseSteps;

  @Option(names = "--attack-step", paramLabel = "ALPHA", description = "alpha of Eq. 4.")
  private Double attackStep;

  @Option(names = "--attack-steps", paramLabel = "J", description = "J of Eq. 4.")
  private Integer attackSteps;

  @Option(names = "--attack-start", paramLabel = "R0", description = "Half width of the start.")
  private Double attackStart;

  @Option(
      names = "--attack-ball",
      paramLabel = "R",
      description = "Half width of the box that the attack stays in; 0 for none.")
  private Double attackBall;

  public ScoreParameters parameters() {
    Map<Parameter, Number> given = new EnumMap<>(Parameter.class);
    given.put(Parameter.NOISE_STEP, noiseStep);
    given.put(Parameter.NOISE_STEPS, noiseSteps);
    given.put(Parameter.ATTACK_STEP, attackStep);
    given.put(Parameter.ATTACK_STEPS, attackSteps);
    given.put(Parameter.ATTACK_START, attackStart);
    given.put(Parameter.ATTACK_BALL, attackBall);
    given.put(Parameter.SEED, seed);
    given.put(Parameter.DRAWS, draws);
    given.values().removeIf(Objects::isNull);
    ScoreParameters parameters = profile;
    for (Map.Entry<Parameter, Number> value : given.entrySet()) {
      parameters = parameters.with(value.getKey(), value.getValue());
    }
    return parameters;
  }

  /** A profile by its name; null if there is none. */
  public static ScoreParameters profile(String name) {
    return switch (name) {
      case "paper" -> ScoreParameters.PAPER;
      case "authors-code" -> ScoreParameters.AUTHORS_CODE;
      default -> null;
    };
  }

  /** The names of the profiles. */
  public static final class Profiles implements ITypeConverter<ScoreParameters> {
    @Override
    public ScoreParameters convert(String name) {
      ScoreParameters profile = profile(name);
      if (profile == null) {
        throw new TypeConversionException(
            "'" + name + "' is no profile; give paper or authors-code");
      }
      return profile;
    }
  }
}
