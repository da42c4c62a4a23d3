package org.anomalyscore.job;

import java.nio.file.Path;
import org.anomalyscore.command.ExitCode;

/**
 * Runs the usual commands one after the other on a small demo, so that the JVM loads the classes
 * that they need and can keep them: what {@code bin/anomaly-score} does at its first use.
 */
public final class Rehearsal {

  private Rehearsal() {}

  /**
   * Ends with the exit code of the demo. Another command that fails, as classify on a Spark without
   * MLlib, loads what it can.
   *
   * @param args of a small demo; the last is its folder
   */
  public static void main(String[] args) {
    int code = run(args);
    System.out.flush();
    System.exit(code);
  }

  private static int run(String... demo) {
    Path folder = Path.of(demo[demo.length - 1]);
    String tables = folder.resolve("tables").toString();
    String kept = folder.resolve("tables-with-features").toString();
    String[][] commands = {
      demo,
      {"evaluate", "--scores", tables, "--reference", "reference", "--generated", "blurred"},
      {"labels", "--scores", tables, "--dataset", "blurred", "--by-folder"},
      {"report", "--from", tables, "--out", folder.resolve("report.html").toString()},
      {"tables", "list", "--tables", tables},
      score(folder, "reference", kept),
      score(folder, "blurred", kept),
      {"classify", "--scores", kept, "--reference", "reference", "--generated", "blurred"}
    };
    // Once with compiled Java, which evaluations of many rows load.
    interpretExpressions(false);
    int code = Main.run(commands[0]);
    interpretExpressions(true);
    for (int i = 1; i < commands.length && code == ExitCode.DONE.code(); i++) {
      Main.run(commands[i]);
    }
    return code;
  }

  /** As scoring and short work do, which need other classes of Spark for it than the rest. */
  private static void interpretExpressions(boolean interpreted) {
    for (String option : Launch.INTERPRETED) {
      String[] property = option.substring("-D".length()).split("=", 2);
      if (interpreted) {
        System.setProperty(property[0], property[1]);
      } else {
        System.clearProperty(property[0]);
      }
    }
  }

  private static String[] score(Path folder, String set, String tables) {
    return new String[] {
      "score",
      "--images",
      folder.resolve("images").resolve(set).toString(),
      "--dataset",
      set,
      "--model",
      folder.resolve("model/demo-scenes.pt").toString(),
      "--features",
      "--out",
      tables
    };
  }
}
