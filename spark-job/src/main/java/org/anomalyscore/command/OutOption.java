package org.anomalyscore.command;

import picocli.CommandLine.Option;

/** The folder that a command adds its tables to. */
public final class OutOption {

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Adds its tables to this folder, which is made if there is none; local or of any file"
              + " system that Hadoop knows.")
  private String folder;

  public String folder() {
    return folder;
  }
}
