package org.anomalyscore.command;

import java.util.List;

/** What came out of a command, for a reader, for a machine and for the calling process. */
public interface Result {

  /** For a terminal, with the warnings; without a line break at the end. */
  String text();

  /** What {@code --json} prints, as {@link org.anomalyscore.storage.Json#write} takes it. */
  Object json();

  /** What the user must not miss, a line each; the text holds them too. */
  default List<String> warnings() {
    return List.of();
  }

  /** What the process ends with. */
  default ExitCode exitCode() {
    return ExitCode.DONE;
  }
}
