package org.anomalyscore.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.Profile;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.storage.UserException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

class ProfileOptionsTest {

  private static ScoreParameters parsed(String... arguments) {
    ProfileOptions options = new ProfileOptions();
    new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(options)).parseArgs(arguments);
    return options.parameters();
  }

  @Test
  void withoutOptionsItIsTheProfile() {
    assertEquals(ScoreParameters.PAPER, parsed());
    assertEquals(ScoreParameters.AUTHORS_CODE, parsed("--profile", "authors-code"));
  }

  @Test
  void drawsAreOfBothUnlessOneIsNamed() {
    assertEquals(ScoreParameters.PAPER.withDraws(3), parsed("--draws", "3"));
    assertEquals(
        ScoreParameters.PAPER.withDraws(3).with(Parameter.ATTACK_DRAWS, 5),
        parsed("--draws", "3", "--attack-draws", "5"));
    assertEquals(
        "--draws is 0. Give 1 or more.",
        assertThrows(UserException.class, () -> parsed("--draws", "0")).getMessage());
  }

  @ParameterizedTest
  @EnumSource
  void everyProfileHasItsName(Profile profile) {
    assertEquals(profile.parameters(), parsed("--profile", profile.text()));
    String message =
        assertThrows(ParameterException.class, () -> parsed("--profile", "other")).getMessage();
    assertTrue(message.contains(profile.text()), message);
  }

  @ParameterizedTest
  @EnumSource
  void everyParameterHasItsOption(Parameter parameter) {
    OptionSpec option =
        new CommandLine(CommandLine.Model.CommandSpec.forAnnotatedObject(new ProfileOptions()))
            .getCommandSpec()
            .findOption(parameter.option());
    assertTrue(
        option
            .paramLabel()
            .toLowerCase(Locale.ROOT)
            .contains(parameter.symbol().toLowerCase(Locale.ROOT)),
        option.paramLabel());
    Number value =
        ScoreParameters.PAPER.with(parameter, parameter.preset().doubleValue() + 3).get(parameter);
    assertEquals(
        ScoreParameters.AUTHORS_CODE.with(parameter, value),
        parsed("--profile", "authors-code", parameter.option(), value.toString()));
  }
}
