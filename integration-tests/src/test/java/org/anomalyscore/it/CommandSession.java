package org.anomalyscore.it;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs the job's commands one after the other in one process, which starts once for all of them.
 * Its arguments are files that hold an argument of the command a line. It ends with the exit code
 * of the first command that fails, whose file it names. It is a program: the tests start it under
 * SparkSubmit, which wants it public.
 */
public final class CommandSession {

  private CommandSession() {}

  public static void main(String[] files) throws Exception {
    ClassLoader job = Thread.currentThread().getContextClassLoader();
    Method run =
        Class.forName("org.anomalyscore.job.Main", true, job)
            .getDeclaredMethod("run", String[].class);
    // Beside it, main would end the process after one command.
    run.setAccessible(true);
    for (String file : files) {
      List<String> arguments = Files.readAllLines(Path.of(file));
      int code = (int) run.invoke(null, (Object) arguments.toArray(String[]::new));
      if (code != 0) {
        System.err.println("exit code " + code + " of: " + String.join(" ", arguments));
        System.exit(code);
      }
    }
  }
}
