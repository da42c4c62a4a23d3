package org.anomalyscore.tables;

import java.nio.file.Files;
import org.anomalyscore.storage.Storage;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
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

  /** Looks on this machine, without Spark, whether there is such a folder. */
  void requireThere(Configuration hadoop) {
    Path path = Storage.path("--tables", folder);
    if (Storage.isLocal(path, hadoop)
        && !Files.isDirectory(java.nio.file.Path.of(path.toUri().getPath()))) {
      throw none(folder);
    }
  }

  static UserException none(String place) {
    return new UserException(
        "There are no tables under "
            + place
            + ". Give --tables the folder that score wrote to with --out.");
  }
}
