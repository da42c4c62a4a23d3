package org.anomalyscore.command;

import picocli.CommandLine.Option;

/** The folder that a command adds its tables to, where it reads scores too. */
public final class OutOrScoresOption {

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description =
          "Adds its tables to this folder, which is made if there is none. Default: the --scores"
              + " folder.")
  private String folder;

  /** Null where the user gave none. */
  public String folder() {
    return folder;
  }
}
