package org.anomalyscore.job;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.anomalyscore.table.Table;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.Statistics;
import org.apache.parquet.format.Util;
import picocli.CommandLine.ParseResult;

/** Whether a command is done so soon that its start is most of its work. */
final class ShortWork {

  /**
   * Of the table of scores, some 80,000 rows without features. Evaluating 100,000 against 100,000
   * with the default permutations took as much processor time with the JVM's first compiler alone
   * as with both.
   */
  private static final long FEW_BYTES = 8_000_000;

  /** Of rows with features, some 100,000 numbers, for commands that compute with them. */
  private static final long FEW_BYTES_OF_FEATURES = 500_000;

  /** The options by which commands are told which tables to read. */
  private static final List<String> TABLES = List.of("--scores", "--from", "--tables");

  /** Commands that compute with features where there are some. */
  private static final Set<String> OF_FEATURES = Set.of("classify", "statistics", "calibrate");

  /**
   * The command whose matrix products use the JVM's vectors, which without the second compiler are
   * a hundred times slower.
   */
  private static final String OF_VECTORS = "evaluate";

  /** What takes long beside the scores that are here: the network, and the tables of a catalog. */
  private static final Set<String> OF_MORE = Set.of("explain", "publish");

  private static final String FEATURES = "features";

  private static final byte[] COLUMN = FEATURES.getBytes(StandardCharsets.US_ASCII);

  private ShortWork() {}

  /** Only of local tables, since others cost time to look at. */
  static boolean is(ParseResult asked) {
    ParseResult command = asked;
    while (command.hasSubcommand()) {
      command = command.subcommand();
    }
    if (OF_MORE.contains(command.commandSpec().name()) || trainsNetworks(command)) {
      return false;
    }
    for (String option : TABLES) {
      Object folder = command.matchedOptionValue(option, null);
      if (folder != null) {
        return isShort(
            command.commandSpec().name(), folder.toString().replaceFirst("^file:(?://)?(?=/)", ""));
      }
    }
    return false;
  }

  private static boolean trainsNetworks(ParseResult command) {
    return command.matchedOptionValue("--on", List.of()).stream()
        .anyMatch(input -> !input.toString().equals(FEATURES));
  }

  private static boolean isShort(String command, String tables) {
    try {
      Path scores = Path.of(tables, Table.SCORES.folder());
      List<Path> files = new ArrayList<>();
      long bytes = list(scores, FEW_BYTES, files);
      if (bytes >= FEW_BYTES) {
        return false;
      }
      if (command.equals(OF_VECTORS)) {
        return !anyHasFeatures(files);
      }
      return bytes < FEW_BYTES_OF_FEATURES
          || !OF_FEATURES.contains(command)
          || !anyHasFeatures(files);
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }

  /**
   * Lists the Parquet files of a folder, or a part of them that has enough bytes.
   *
   * @return their bytes
   */
  private static long list(Path folder, long enough, List<Path> files) throws IOException {
    long bytes = 0;
    try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
      for (Path child : children) {
        if (Files.isDirectory(child)) {
          bytes += list(child, enough - bytes, files);
        } else if (child.toString().endsWith(".parquet")) {
          bytes += Files.size(child);
          files.add(child);
        }
        if (bytes >= enough) {
          break;
        }
      }
    }
    return bytes;
  }

  private static boolean anyHasFeatures(List<Path> files) throws IOException {
    for (Path file : files) {
      if (hasFeatures(file)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a Parquet file has features in any row. */
  private static boolean hasFeatures(Path file) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      long size = channel.size();
      ByteBuffer end = read(channel, Math.max(0, size - 8), 8);
      int length = end.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
      if (length < 0 || length > Math.min(size - 8, FEW_BYTES)) {
        throw new IOException(file + " is no whole Parquet file");
      }
      byte[] footer = read(channel, size - 8 - length, length).array();
      // Most files do not name the column, and no class of Parquet need be loaded to see that.
      return names(footer, COLUMN) && anyValue(footer);
    }
  }

  private static boolean names(byte[] footer, byte[] column) {
    for (int from = 0; from + column.length <= footer.length; from++) {
      if (Arrays.equals(footer, from, from + column.length, column, 0, column.length)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a column of features holds anything but NULL, as it does not where rows without
   * features were compacted together with others'. Where the footer does not say, it does.
   */
  private static boolean anyValue(byte[] footer) throws IOException {
    FileMetaData file = Util.readFileMetaData(new ByteArrayInputStream(footer));
    for (RowGroup group : file.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        ColumnMetaData column = chunk.getMeta_data();
        if (column == null) {
          return true;
        }
        Statistics seen = column.getStatistics();
        if (column.getPath_in_schema().get(0).equals(FEATURES)
            && (seen == null
                || !seen.isSetNull_count()
                || seen.getNull_count() < column.getNum_values())) {
          return true;
        }
      }
    }
    return false;
  }

  private static ByteBuffer read(SeekableByteChannel channel, long from, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    channel.position(from);
    int read = 0;
    while (buffer.hasRemaining() && read >= 0) {
      read = channel.read(buffer);
    }
    if (buffer.hasRemaining()) {
      throw new IOException("The file ends early");
    }
    return buffer.flip();
  }
}
