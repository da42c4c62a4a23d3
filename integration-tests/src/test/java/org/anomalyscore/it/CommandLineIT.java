package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real script, Spark's real launcher and the real jar, as far as the command line goes. */
final class CommandLineIT {
  @Test
  void helpListsTheCommandsAndNothingElseIsSaid() throws Exception {
    JobProcess.Result result = JobProcess.script("--help").run();
    assertEquals(0, result.exitCode(), result::toString);
    for (String command :
        List.of(
            "demo",
            "score",
            "evaluate",
            "benchmark",
            "report",
            "classify",
            "labels",
            "explain",
            "sweep")) {
      assertTrue(result.out().contains(command), result::toString);
    }
    assertEquals("", result.err());
  }

  @Test
  void unknownCommandIsWrongUsage() throws Exception {
    JobProcess.Result result = JobProcess.script("no-such-command").run();
    assertEquals(2, result.exitCode(), result::toString);
    assertEquals("", result.out());
    assertTrue(result.err().contains("no-such-command"), result::toString);
  }

  @Test
  void bashTakesTheCompletion() throws Exception {
    JobProcess.Result script = JobProcess.script("completion", "bash").run();
    assertEquals(0, script.exitCode(), script::toString);
    Process bash =
        new ProcessBuilder(
                "bash",
                "-c",
                "source /dev/stdin; COMP_WORDS=(anomaly-score sco); COMP_CWORD=1;"
                    + " _complete_anomaly-score; echo \"${COMPREPLY[@]}\"")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream in = bash.getOutputStream()) {
      in.write(script.out().getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(
        "score\n", new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  /** A JVM that is told two collectors does not start. */
  @Test
  @Tag("nightly")
  void theUsersCollectorStands() throws Exception {
    String tables = Demo.once().tables().toString();
    JobProcess.Result result =
        JobProcess.script("tables", "list", "--tables", tables)
            .env("JAVA_TOOL_OPTIONS", "-XX:+UseParallelGC")
            .run();
    assertEquals(0, result.exitCode(), result::toString);
    assertTrue(result.out().contains("reference"), result::toString);
  }

  /** The terminal of script(1) has no width, which counts as 80. */
  @Test
  void tablesFitATerminalOfNoWidth(@TempDir Path folder) throws Exception {
    assertFits("", 80, folder);
  }

  @Test
  @Tag("nightly")
  void tablesFitTheTerminal(@TempDir Path folder) throws Exception {
    assertFits("60", 60, folder);
  }

  private static void assertFits(String width, int most, Path folder) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no /usr/bin/script");
    ProcessBuilder terminal =
        new ProcessBuilder(
            "script",
            "-qec",
            "bash '%s' evaluate --scores '%s' --out '%s' --reference reference --generated blurred --permutations 0 --resamples 0 --quiet"
                .formatted(Checkout.SCRIPT, Demo.once().tables(), folder),
            "/dev/null");
    terminal.environment().put("COLUMNS", width);
    Process run = terminal.redirectErrorStream(true).start();
    run.getOutputStream().close();
    String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, run.waitFor(), out);
    assertFalse(out.contains("incubator"), out);
    assertTrue(out.contains("| blurred "), out);
    assertTrue(out.contains("columns are left out, which --wide shows: "), out);
    assertTrue(
        out.lines().filter(line -> line.startsWith("|")).allMatch(l -> l.strip().length() <= most),
        out);
  }

  @Test
  void misspeltOptionsAndUnquotedGlobsAreNamed() throws Exception {
    JobProcess.Result misspelt = WarmJob.run("score", "--image", "x");
    assertEquals(2, misspelt.exitCode(), misspelt::toString);
    assertTrue(misspelt.err().contains("; unknown is '--image'"), misspelt::toString);
    JobProcess.Result glob =
        WarmJob.run("score --dataset d --model m --out o --images a b c d e".split(" ", -1));
    assertEquals(2, glob.exitCode(), glob::toString);
    assertTrue(glob.err().contains("'b', 'c' and 2 more. Put a glob in quotes."), glob::toString);
  }

  /** Its exit codes too: SameNumbersIT. */
  @Test
  void sameUnderPlainSparkSubmit() throws Exception {
    JobProcess.Result help = JobProcess.sparkSubmit("--help").run();
    assertEquals(0, help.exitCode(), help::toString);
    assertEquals(WarmJob.run("--help").out(), help.out());
  }
}
