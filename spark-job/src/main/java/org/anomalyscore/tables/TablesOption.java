package org.anomalyscore.tables;

import picocli.CommandLine.Option;

/** Which folder of tables. */
final class TablesOption {

  @Option(
      names = "--tables",
      required = true,
      paramLabel = "DIR",
      description =
          "Works on the tables of this folder, which score wrote to with --out; local or of any"
              + " file system that Hadoop knows.")
  private String folder;

  String folder() {
    return folder;
  }
}
