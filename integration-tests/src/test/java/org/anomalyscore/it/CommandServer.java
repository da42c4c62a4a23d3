package org.anomalyscore.it;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;

/**
 * Runs one command of the packaged job after the other in one JVM: a line of JSON on standard input
 * is a command, a line on standard output its result. Each command starts and ends a Spark session
 * of its own, as in a process of its own; what it starts with otherwise is warm. It is a program:
 * {@link WarmJob} starts it under SparkSubmit, which wants it public, with the job jar as the
 * application's.
 */
public final class CommandServer {

  /** Begins a result; whatever else is written to standard output is not one. */
  static final String RESULT = "----- result ";

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private CommandServer() {}

  /**
   * A command.
   *
   * @param arguments as on a command line
   * @param settings of Spark for this command alone; a null takes one away that stands for all
   */
  public record Command(List<String> arguments, Map<String, String> settings) {}

  /** What a process would have left behind. */
  public record Outcome(int exitCode, String out, String err) {}

  public static void main(String[] arguments) throws Exception {
    Method run =
        Thread.currentThread()
            .getContextClassLoader()
            .loadClass("org.anomalyscore.job.Main")
            .getDeclaredMethod("run", String[].class);
    // Main.main would end this process.
    run.setAccessible(true);
    PrintStream results = System.out;
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      Outcome outcome = serve(run, JSON.readValue(line, Command.class));
      results.println(RESULT + JSON.writeValueAsString(outcome));
      results.flush();
    }
    System.exit(0);
  }

  private static Outcome serve(Method run, Command command) throws IOException {
    Map<String, String> before = new HashMap<>();
    command.settings().keySet().forEach(key -> before.put(key, System.getProperty(key)));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stdout = System.out;
    PrintStream stderr = System.err;
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    int exitCode;
    try {
      setProperties(command.settings());
      exitCode = (int) run.invoke(null, (Object) command.arguments().toArray(String[]::new));
    } catch (InvocationTargetException e) {
      // As the JVM does.
      e.getCause().printStackTrace();
      exitCode = 1;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    } finally {
      System.setOut(stdout);
      System.setErr(stderr);
      setProperties(before);
      // They are kept by address, and would answer with this command's settings.
      FileSystem.closeAll();
    }
    return new Outcome(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static void setProperties(Map<String, String> settings) {
    settings.forEach(
        (key, value) -> {
          if (value == null) {
            System.clearProperty(key);
          } else {
            System.setProperty(key, value);
          }
        });
  }
}
