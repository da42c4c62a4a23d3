package org.anomalyscore.job;

import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/**
 * What {@code bin/anomaly-score} starts first, in a small JVM: answers what needs no Spark, such as
 * {@code --help} and a wrong option, and else has Spark's launcher make the command of the JVM that
 * runs the job.
 */
final class Launch {
  /** Where the script reads the launcher's words; the user's own output is the terminal's. */
  private static final String WORDS = "/dev/fd/3";

  static final int NOT_ANSWERED = -1;

  /**
   * Spark interprets its expressions instead of compiling Java for each, which only many rows pay
   * back; they give the same bits. Spark has the two settings for its own tests and heeds them
   * always (seen in 4.0.1, 4.1.1 and 4.2.0); as properties of the JVM they give way to
   * spark-defaults.conf.
   */
  static final List<String> INTERPRETED =
      List.of("-Dspark.sql.codegen.wholeStage=false", "-Dspark.sql.codegen.factoryMode=NO_CODEGEN");

  /**
   * Without the JVM's second compiler too, which makes code that runs faster at a price that only
   * long work pays back: it takes most of the processor time of a short command.
   */
  static final List<String> SHORT_WORK =
      Stream.concat(Stream.of("-XX:TieredStopAtLevel=1"), INTERPRETED.stream()).toList();

  /**
   * The network computes in native code, and its images are few rows for Spark, so that the second
   * compiler takes up what runs ten times as often as it would by default: decoding, resizing and
   * noise, but not what a run does only at its start.
   */
  static final List<String> SCORING =
      Stream.concat(
              Stream.of(
                  "-XX:Tier4InvocationThreshold=50000",
                  "-XX:Tier4MinInvocationThreshold=6000",
                  "-XX:Tier4CompileThreshold=150000",
                  "-XX:Tier4BackEdgeThreshold=400000"),
              INTERPRETED.stream())
          .toList();

  /**
   * With it the products of the JVM's matrices are several times faster, once its second compiler
   * has seen them. Spark's launcher names it for every command, and the JVM warns of this preview
   * module at each start.
   */
  static final String VECTORS = "--add-modules=jdk.incubator.vector";

  /** The commands that multiply matrices on the driver. */
  private static final Set<String> MULTIPLIERS = Set.of("evaluate", "benchmark");

  /** The commands that do little but score. */
  private static final Set<String> SCORERS = Set.of("score", "demo");

  /** An answer, or {@link #NOT_ANSWERED} and what was asked for. */
  record Answer(int code, ParseResult asked) {}

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
    Answer answer = answer(job);
    int code = answer.code();
    if (code == NOT_ANSWERED) {
      code = 0;
      List<String> submit = new ArrayList<>(words.subList(0, end));
      submit.addAll(Arrays.asList(job));
      ByteArrayOutputStream command = new ByteArrayOutputStream();
      System.setOut(new PrintStream(command, false, System.getProperty("native.encoding")));
      // Not public, and yet the class that Spark's own scripts call.
      Method launcher =
          Class.forName("org.apache.spark.launcher.Main").getMethod("main", String[].class);
      launcher.setAccessible(true);
      launcher.invoke(null, (Object) submit.toArray(String[]::new));
      System.out.flush();
      try (OutputStream out = new FileOutputStream(WORDS)) {
        out.write(withOptions(command.toByteArray(), options(answer.asked())));
      }
    }
    System.out.flush();
    System.exit(code);
  }

  /** The options of the JVM that does what was asked for. */
  static List<String> options(ParseResult asked) {
    if (ShortWork.is(asked)) {
      return SHORT_WORK;
    }
    String command = asked.hasSubcommand() ? asked.subcommand().commandSpec().name() : "";
    if (SCORERS.contains(command)) {
      return SCORING;
    }
    return MULTIPLIERS.contains(command) ? List.of(VECTORS) : List.of();
  }

  /**
   * A command with options of the JVM before all others, so that the user's own stand, and without
   * {@link #VECTORS} unless it is among the options.
   *
   * @param command of Spark's launcher: NUL and a newline, then its words, each ended by NUL
   */
  static byte[] withOptions(byte[] command, List<String> options) {
    // A char for each byte, so that words of any encoding stay as they are.
    String made = new String(command, StandardCharsets.ISO_8859_1);
    List<String> words = new ArrayList<>(List.of(made.split("\0", -1)));
    if (words.size() > 2) {
      words.remove(VECTORS);
      words.addAll(2, options);
    }
    return String.join("\0", words).getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Answers what needs no Spark. */
  static Answer answer(String... args) {
    AtomicReference<ParseResult> asked = new AtomicReference<>();
    int code =
        Main.run(
            Main.commandLine()
                .setExecutionStrategy(
                    parsed -> {
                      asked.set(parsed);
                      return answer(parsed);
                    }),
            args);
    return new Answer(code, asked.get());
  }

  private static int answer(ParseResult parsed) {
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
  }
}
