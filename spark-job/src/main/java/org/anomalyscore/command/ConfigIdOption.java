package org.anomalyscore.command;

import picocli.CommandLine.Option;

/** One of several configurations under which data sets were scored. */
public final class ConfigIdOption {

  @Option(
      names = "--config-id",
      paramLabel = "ID",
      description =
          "Takes only what was scored under this configuration, a config_id of the tables. Default:"
              + " all. A command that compares sets asks for one if they were scored under"
              + " several.")
  private String id;

  /** Null where the user gave none. */
  public String id() {
    return id;
  }
}
