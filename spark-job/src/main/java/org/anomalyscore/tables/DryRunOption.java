package org.anomalyscore.tables;

import picocli.CommandLine.Option;

/** Whether to look only. */
final class DryRunOption {

  @Option(
      names = "--dry-run",
      description = "Changes nothing and takes no lease; says what would be changed.")
  private boolean dry;

  boolean isDry() {
    return dry;
  }
}
