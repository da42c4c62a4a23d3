package org.anomalyscore.job;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;

/**
 * What {@code bin/anomaly-score} starts first, in a small JVM: answers what needs no Spark, such as
 * {@code --help} and a wrong option, and else has Spark's launcher make the command of the JVM that
 * runs the job.
 */
final class Launch {
  /** Where the script reads the launcher's words; the user's own output is the terminal's. */
  private static final String WORDS = "/dev/fd/3";

  static final int NOT_ANSWERED = -1;

  private Launch() {}

  /**
   * Ends with the exit code of the answer, or writes the words of a command, each ended by NUL, to
   * file descriptor 3 and ends with 0.
   *
   * @param args the arguments of spark-submit before the job's; {@code --}; the job's
   */
  public static void main(String[] args) throws Exception {
    List<String> words = Arrays.asList(args);
    int end = words.indexOf("--");
    String[] job = words.subList(end + 1, args.length).toArray(String[]::new);
    int code = answer(job);
    if (code == NOT_ANSWERED) {
      code = 0;
      List<String> submit = new ArrayList<>(words.subList(0, end));
      submit.addAll(Arrays.asList(job));
      System.setOut(out());
      // Not public, and yet the class that Spark's own scripts call.
      Method launcher =
          Class.forName("org.apache.spark.launcher.Main").getMethod("main", String[].class);
      launcher.setAccessible(true);
      launcher.invoke(null, (Object) submit.toArray(String[]::new));
    }
    System.out.flush();
    System.exit(code);
  }

  private static PrintStream out() throws IOException {
    return new PrintStream(
        new FileOutputStream(WORDS), true, System.getProperty("native.encoding"));
  }

  /** The exit code of what needs no Spark, or {@link #NOT_ANSWERED}. */
  static int answer(String... args) {
    return Main.run(
        Main.commandLine()
            .setExecutionStrategy(
                parsed -> {
                  Integer help = CommandLine.executeHelpRequest(parsed);
                  if (help != null) {
                    return help;
                  }
                  List<CommandLine> commands = parsed.asCommandLineList();
                  CommandLine last = commands.get(commands.size() - 1);
                  boolean lacksItsCommand = !last.getSubcommands().isEmpty();
                  return lacksItsCommand || last.getCommand() instanceof CompletionCommand
                      ? new CommandLine.RunLast().execute(parsed)
                      : NOT_ANSWERED;
                }),
        args);
  }
}
