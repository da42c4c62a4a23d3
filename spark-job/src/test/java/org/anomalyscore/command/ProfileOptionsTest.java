package org.anomalyscore.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Locale;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

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
