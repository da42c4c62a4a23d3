package org.anomalyscore.job;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.anomalyscore.table.Table;
import picocli.CommandLine.ParseResult;

/** Whether a command is done so soon that its start is most of its work. */
final class ShortWork {

  /**
   * Of the table of scores, some 80,000 rows without features. Evaluating 100,000 against 100,000
   * with the default permutations took as much processor time with the JVM's first compiler alone
   * as with both.
   */
  private static final long FEW_BYTES = 8_000_000;

  /** The options by which commands are told which tables to read; those that score have none. */
  private static final List<String> TABLES = List.of("--scores", "--from", "--tables");

  private ShortWork() {}

  /** Only of local tables, since others cost time to look at. */
  static boolean is(ParseResult asked) {
    ParseResult command = asked;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    for (String option : TABLES) {
      Object folder = command.matchedOptionValue(option, null);
      if (folder != null) {
        return hasFewBytes(folder.toString().replaceFirst("^file:(?://)?(?=/)", ""));
      }
    }
    return false;
  }

  private static boolean hasFewBytes(String tables) {
    try {
      return bytes(Path.of(tables, Table.SCORES.folder()), FEW_BYTES) < FEW_BYTES;
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /** The bytes of a folder, or of a part of it that has enough. */
  private static long bytes(Path folder, long enough) throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        bytes += Files.isDirectory(child) ? bytes(child, enough - bytes) : Files.size(child);
        if (bytes >= enough) {
          break;
        }
      }
    }
    return bytes;
  }
}
