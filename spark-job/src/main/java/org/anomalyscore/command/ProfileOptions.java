package org.anomalyscore.command;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.Profile;
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
        "Takes all parameters from a profile: paper (default), or authors-code, the values of the"
            + " authors' published code, whose attack walks back towards the image; use that only"
            + " to compare with the numbers that they published; or repeatable, which spends the"
            + " time of paper on several draws, so that the score of one image repeats."
      })
  private ScoreParameters profile;

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "Draws the noise from this seed, a whole number. Default: 0.")
  private long seed;

  @Option(
      names = "--draws",
      paramLabel = "R",
      description =
          "Averages C of each image over R independent draws of the noise and V over R draws of the"
              + " attack's start. This takes R times as long and divides their random part by the"
              + " root of R; with 2 or more each row gets its standard errors. Default: those of"
              + " the profile, 1 in the paper.")
  private Integer draws;

  @Option(
      names = "--noise-draws",
      paramLabel = "R_C",
      description = "Averages C over this number of draws. Default: --draws.")
  private Integer noiseDraws;

  @Option(
      names = "--attack-draws",
      paramLabel = "R_V",
      description = "Averages V over this number of draws. Default: --draws.")
  private Integer attackDraws;

  @Option(
      names = "--noise-step",
      paramLabel = "EPS",
      description = "Sets eps of Eq. 1, the length of a noise step. Default: that of the profile.")
  private Double noiseStep;

  @Option(
      names = "--noise-steps",
      paramLabel = "K",
      description = "Sets K of Eq. 1, the number of noise steps. Default: that of the profile.")
  private Integer noiseSteps;

  @Option(
      names = "--attack-step",
      paramLabel = "ALPHA",
      description =
          "Sets alpha of Eq. 4, by which an attack step changes each level (levels are 0 to 1)."
              + " Default: that of the profile.")
  private Double attackStep;

  @Option(
      names = "--attack-steps",
      paramLabel = "J",
      description = "Sets J of Eq. 4, the number of attack steps. Default: that of the profile.")
  private Integer attackSteps;

  @Option(
      names = "--attack-start",
      paramLabel = "R0",
      description =
          "Starts the attack at random within R0 of each level. Default: that of the profile.")
  private Double attackStart;

  @Option(
      names = "--attack-ball",
      paramLabel = "R",
      description =
          "Keeps the attack within R of each level of the image; 0 for no limit. Default: that of"
              + " the profile.")
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
    given.put(Parameter.NOISE_DRAWS, noiseDraws);
    given.put(Parameter.ATTACK_DRAWS, attackDraws);
    given.values().removeIf(Objects::isNull);
    ScoreParameters parameters =
        draws == null ? profile : profile.withDraws(Positive.require("--draws", draws));
    for (Map.Entry<Parameter, Number> value : given.entrySet()) {
      parameters = parameters.with(value.getKey(), value.getValue());
    }
    return parameters;
  }

  /** The largest number of draws that an option names; null where none does. */
  public Integer givenDraws() {
    return Stream.of(draws, noiseDraws, attackDraws)
        .filter(Objects::nonNull)
        .max(Integer::compare)
        .orElse(null);
  }

  /** The parameters of a profile by its name. */
  public static final class Profiles implements ITypeConverter<ScoreParameters> {
    @Override
    public ScoreParameters convert(String name) {
      try {
        return Profile.named(name).parameters();
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
