package org.anomalyscore.labels;

import java.util.LinkedHashMap;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.table.TableRow;

/**
 * What a run of labels came to.
 *
 * @param summaries where the table lies
 */
record LabelsResult(LabelSummary.Result found, String summaries) implements Result {

  @Override
  public String text() {
    return LabelBoard.render(found) + System.lineSeparator() + "Written to " + summaries;
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("dataset", found.dataset());
    object.put("config_id", found.configId());
    object.put("model", found.model());
    object.put("labels", found.labels());
    object.put("summaries", found.rows().stream().map(TableRow::asMap).toList());
    return object;
  }
}
