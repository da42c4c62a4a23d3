package org.anomalyscore.command;

import org.anomalyscore.storage.Json;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command ends: prints its {@link Result} and returns its exit code. */
public final class Output {

  @Option(
      names = "--json",
      description =
          "Prints one JSON object on standard output and nothing else there; warnings go to"
              + " standard error.")
  private boolean json;

  @Mixin private WideOption wide;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  /** Prints the result as {@code --json} asks. */
  public int print(Result result) {
    if (!json) {
      return printText(command, wide, result);
    }
    command.commandLine().getOut().println(Json.write(result.json()));
    result.warnings().forEach(command.commandLine().getErr()::println);
    return result.exitCode().code();
  }

  /** The end of a command without {@code --json} and without tables. */
  public static int printText(CommandSpec command, Result result) {
    command.commandLine().getOut().println(result.text());
    return result.exitCode().code();
  }

  /** The end of a command without {@code --json}. */
  public static int printText(CommandSpec command, WideOption wide, Result result) {
    command.commandLine().getOut().println(wide.fitted(result));
    return result.exitCode().code();
  }
}
