package org.anomalyscore.job;

import java.io.PrintWriter;
import java.util.List;
import org.anomalyscore.benchmark.BenchmarkCommand;
import org.anomalyscore.classify.ClassifyCommand;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.command.Interruption;
import org.anomalyscore.command.Version;
import org.anomalyscore.demo.DemoCommand;
import org.anomalyscore.evaluate.EvaluateCommand;
import org.anomalyscore.evaluate.StatisticsCommand;
import org.anomalyscore.explain.ExplainCommand;
import org.anomalyscore.labels.CalibrateCommand;
import org.anomalyscore.labels.LabelsCommand;
import org.anomalyscore.report.ReportCommand;
import org.anomalyscore.score.ScoreCommand;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.StorageFault;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.sweep.SweepCommand;
import org.anomalyscore.tables.TablesCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line: the same arguments by {@code bin/anomaly-score} and by spark-submit. */
@Command(
    name = "anomaly-score",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    synopsisSubcommandLabel = "COMMAND",
    description = "Measures how natural generated images look (Anomaly Score, CVPR 2024).",
    subcommands = {
      DemoCommand.class,
      ScoreCommand.class,
      EvaluateCommand.class,
      StatisticsCommand.class,
      BenchmarkCommand.class,
      ReportCommand.class,
      ClassifyCommand.class,
      LabelsCommand.class,
      CalibrateCommand.class,
      ExplainCommand.class,
      SweepCommand.class,
      TablesCommand.class,
      CompletionCommand.class,
      HelpCommand.class
    })
public final class Main {

  private Main() {}

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    Interruption.watch();
    int code = run(args);
    System.out.flush();
    Interruption.ended();
    System.exit(code);
  }

  /** Runs a command; see {@link ExitCode}. */
  public static int run(String... args) {
    return run(commandLine(), args);
  }

  static int run(CommandLine program, String... args) {
    try {
      // Before a session, whose logs hold the command line.
      for (String argument : args) {
        Storage.refuseCredentials("An argument", argument);
      }
    } catch (UserException e) {
      System.err.println("anomaly-score: " + VisibleText.ofLines(e.getMessage()));
      return ExitCode.BAD_INPUT.code();
    }
    try {
      return program.execute(args.length == 0 ? new String[] {"--help"} : args);
    } catch (Error e) {
      // Hadoop throws one where a disk is full.
      return report(e, program.getErr());
    }
  }

  static CommandLine commandLine() {
    CommandLine program = new CommandLine(new Main());
    program
        .getCommandSpec()
        .usageMessage()
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(ExitCode.list());
    return program
        .setCaseInsensitiveEnumValuesAllowed(true)
        // A terminal wraps longer lines so that they can be copied; picocli would break the
        // examples.
        .setUsageHelpWidth(120)
        .setExecutionExceptionHandler(Main::report)
        .setParameterExceptionHandler(Main::explain);
  }

  /** One line, and where to read more: the whole help would push the reason off the screen. */
  private static int explain(CommandLine.ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("anomaly-score: " + VisibleText.ofLines(messageOf(wrong)));
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.WRONG_USAGE.code();
  }

  private static String messageOf(CommandLine.ParameterException wrong) {
    List<String> unmatched =
        wrong instanceof CommandLine.UnmatchedArgumentException unknown
            ? unknown.getUnmatched()
            : wrong.getCommandLine().getUnmatchedArguments();
    if (wrong instanceof CommandLine.MissingParameterException && !unmatched.isEmpty()) {
      // Which may be a required option, misspelt.
      return wrong.getMessage() + "; unknown is '" + unmatched.get(0) + "'";
    }
    if (unmatched.size() > 3) {
      return "Unmatched arguments '%s', '%s' and %d more. Put a glob in quotes."
          .formatted(unmatched.get(0), unmatched.get(1), unmatched.size() - 2);
    }
    return wrong.getMessage();
  }

  private static int report(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) {
    return report(failure, command.getErr());
  }

  private static int report(Throwable failure, PrintWriter err) {
    if (Interruption.happened()) {
      return ExitCode.BUG.code();
    }
    UserException fault = StorageFault.in(failure);
    if (fault != null) {
      err.println("anomaly-score: " + VisibleText.ofLines(fault.getMessage()));
      return ExitCode.BAD_INPUT.code();
    }
    err.println("anomaly-score: a bug in this program; please report what follows.");
    failure.printStackTrace(err);
    return ExitCode.BUG.code();
  }
}
