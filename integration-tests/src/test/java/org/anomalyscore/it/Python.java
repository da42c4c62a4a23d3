package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A Python of the user's; the product needs none, but its tables are made for it too. */
final class Python {

  /** The program. */
  static final String COMMAND = System.getProperty("anomalyscore.python", "python3");

  private Python() {}

  /**
   * What a finished Python left behind.
   *
   * @param exitCode its exit code
   * @param out standard output and standard error
   */
  record Result(int exitCode, String out) {
    @Override
    public String toString() {
      return "exit code " + exitCode + "\n" + out;
    }
  }

  /** Skips the calling test, with the reason, where there is no Python that has these modules. */
  static void assume(String modules) throws InterruptedException {
    String missing = missing(modules);
    assumeTrue(missing == null, missing);
  }

  /** Why these modules cannot be had, and what to do; null if they can. */
  static String missing(String modules) throws InterruptedException {
    String reason;
    try {
      Result result = run(Map.of(), "-c", "import " + modules);
      if (result.exitCode() == 0) {
        return null;
      }
      reason = result.out().lines().reduce("", (first, last) -> last);
    } catch (IOException e) {
      reason = e.getMessage();
    }
    return COMMAND
        + " cannot import "
        + modules
        + " ("
        + reason
        + "); name one that can with -Danomalyscore.python=FILE";
  }

  /** Runs Python with these arguments and waits for its end. */
  static Result run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(COMMAND));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Result(process.waitFor(), out);
  }

  /** What a program prints, which must end well. */
  static String output(String program) throws IOException, InterruptedException {
    Result result = run(Map.of(), "-c", program);
    assertEquals(0, result.exitCode(), result::toString);
    return result.out();
  }

  /** The rows of a query of DuckDB, as Python prints them. */
  static String duckDb(String query) throws IOException, InterruptedException {
    return output("import duckdb\nprint(duckdb.sql(\"\"\"" + query + "\"\"\").fetchall())");
  }

  /** The file of this name among the tests' Python sources. */
  static Path script(String name) {
    return Checkout.ROOT.resolve("integration-tests/src/test/python").resolve(name);
  }
}
