package org.anomalyscore.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.measure.ModelTrial;
import org.anomalyscore.storage.UserException;

/** The process that tries a feature model for a run, which may not survive it. */
public final class TrialMain {

  private TrialMain() {}

  /**
   * Tries a model; exit code 3 and a message where it cannot be used.
   *
   * @param args the model's file, its card, the batch size, and the file for the message
   */
  public static void main(String[] args) throws IOException {
    // A run that is killed can end nobody: a trial without a run would keep the machine for
    // minutes.
    ProcessHandle.current()
        .parent()
        .ifPresent(
            run -> {
              var unused = run.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
            });
    int code = 0;
    try {
      ModelTrial.run(Path.of(args[0]), Path.of(args[1]), Integer.parseInt(args[2]));
    } catch (UserException e) {
      Files.writeString(Path.of(args[3]), e.getMessage(), StandardCharsets.UTF_8);
      code = ExitCode.BAD_INPUT.code();
    }
    System.exit(code);
  }
}
