package org.anomalyscore.command;

import org.anomalyscore.table.Run;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class Version implements IVersionProvider {

  @Override
  public String[] getVersion() {
    return new String[] {
      "anomaly-score " + Run.projectVersion() + " (commit " + Run.gitCommit() + ")"
    };
  }
}
