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

/** What was published to where. */
record PublishResult(String place, List<Line> lines) implements Result {

  /**
   * A table.
   *
   * @param rowsBefore that it had there
   * @param rowsAfter that it has there
   * @param rowsLeft rows here of runs that have not ended, or were killed and not recorded yet
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Line(String table, long rowsBefore, long rowsAfter, long rowsLeft) {}

  @Override
  public String text() {
    StringBuilder text = new StringBuilder("Published to " + place + ":\n");
    text.append(
        TextTable.render(
            lines,
            List.of(
                left("table", Line::table),
                right("rows before", line -> number(line.rowsBefore)),
                right("rows after", line -> number(line.rowsAfter)))));
    warnings().forEach(warning -> text.append("\n").append(warning));
    return text.toString();
  }

  @Override
  public List<String> warnings() {
    return lines.stream()
        .filter(line -> line.rowsLeft > 0)
        .map(
            line ->
                "NOTE: %s rows of %s are of runs that are not in the table runs (yet), and were not published."
                    .formatted(number(line.rowsLeft), line.table))
        .toList();
  }

  private static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("place", place);
    object.put("tables", lines);
    return object;
  }
}
