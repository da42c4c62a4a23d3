package org.anomalyscore.benchmark;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.anomalyscore.command.Result;
import org.anomalyscore.storage.VisibleText;
import org.anomalyscore.table.TableRow;

/**
 * What was acknowledged.
 *
 * @param rows of the table {@code alerts}
 */
record AcknowledgeResult(List<TableRow> rows) implements Result {

  @Override
  public String text() {
    return rows.stream()
        .map(
            row ->
                VisibleText.of(
                    "Acknowledged: under %s the baseline of %s begins at %s."
                        .formatted(row.get("model"), row.get("dataset"), row.asMap().get("since"))))
        .collect(Collectors.joining(System.lineSeparator()));
  }

  @Override
  public Map<String, Object> json() {
    return Map.of("acknowledged", rows.stream().map(TableRow::asMap).toList());
  }
}
