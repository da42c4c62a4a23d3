package org.anomalyscore.command;

import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** Which scores a command reads. */
public final class ScoresOptions {

  @Option(
      names = "--scores",
      required = true,
      paramLabel = "DIR",
      description = "Reads the tables of this folder, which score wrote to with --out.")
  private String folder;

  @Option(
      names = "--allow-incomplete",
      description =
          "Takes also data sets whose last score run is under way, was killed or failed, with a"
              + " warning.")
  private boolean allowIncomplete;

  public String folder() {
    return folder;
  }

  /** Looks whether they are there, as {@link TableStore#requireThere}. */
  public void requireThere(Configuration hadoop) {
    TableStore.requireThere(hadoop, "--scores", folder);
  }

  public boolean allowIncomplete() {
    return allowIncomplete;
  }
}
