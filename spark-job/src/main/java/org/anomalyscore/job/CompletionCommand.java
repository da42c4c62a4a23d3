package org.anomalyscore.job;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}: the commands and options, for a shell's Tab key. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description =
        "Prints a script with which a shell completes commands and options at the Tab key.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score completion bash > ~/.local/share/bash-completion/completions/anomaly-score",
      "  source <(anomaly-score completion zsh)"
    })
final class CompletionCommand implements Callable<Integer> {
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "SHELL", description = "The shell: ${COMPLETION-CANDIDATES}.")
  private Shell unusedSinceOneScriptServesBoth;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("anomaly-score", spec.root().commandLine()));
    out.flush();
    return 0;
  }
}
