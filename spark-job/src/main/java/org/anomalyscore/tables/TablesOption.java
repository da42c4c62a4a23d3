package org.anomalyscore.tables;

import org.anomalyscore.table.TableStore;
import org.apache.hadoop.conf.Configuration;
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

  void requireThere(Configuration hadoop) {
    TableStore.requireThere(hadoop, "--tables", folder);
  }

  String folder() {
    return folder;
  }
}
