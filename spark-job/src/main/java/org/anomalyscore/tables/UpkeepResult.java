package org.anomalyscore.tables;

import static org.anomalyscore.command.TextTable.left;
import static org.anomalyscore.command.TextTable.right;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.command.TextTable;

/**
 * What a command that changes tables did, or would do.
 *
 * @param lines of the tables that it changes
 */
record UpkeepResult(String command, boolean dryRun, List<Line> lines, List<String> warnings)
    implements Result {

  /**
   * A table.
   *
   * @param rowsRemoved rows that are gone
   * @param filesReplaced files that were deleted, their other rows written anew
   * @param filesAfter null in a dry run
   * @param bytesAfter null in a dry run
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Line(
      String table,
      long rowsRemoved,
      int filesReplaced,
      int filesBefore,
      long bytesBefore,
      Integer filesAfter,
      Long bytesAfter) {}

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    if (lines.isEmpty()) {
      text.append("tables ").append(command).append(": there is nothing to change.");
    } else {
      text.append("tables ").append(command);
      text.append(dryRun ? " would change (nothing was changed):\n" : " changed:\n");
      text.append(
          TextTable.render(
              lines,
              List.of(
                  left("table", Line::table),
                  right("rows removed", line -> number(line.rowsRemoved)),
                  right("files replaced", line -> number((long) line.filesReplaced)),
                  right("files before", line -> number((long) line.filesBefore)),
                  right("bytes before", line -> number(line.bytesBefore)),
                  right(
                      "files after",
                      line -> line.filesAfter == null ? "-" : number((long) line.filesAfter)),
                  right(
                      "bytes after",
                      line -> line.bytesAfter == null ? "-" : number(line.bytesAfter)))));
    }
    warnings.forEach(warning -> text.append("\n").append(warning));
    return text.toString();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("command", "tables " + command);
    object.put("dry_run", dryRun);
    object.put("tables", lines);
    return object;
  }
}
