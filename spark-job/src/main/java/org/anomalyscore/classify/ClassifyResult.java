package org.anomalyscore.classify;

import java.util.LinkedHashMap;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.table.TableRow;

/**
 * What a run of classify came to.
 *
 * @param classifications where the table lies
 */
record ClassifyResult(Classification.Result found, String classifications) implements Result {

  @Override
  public String text() {
    return ClassificationBoard.render(found)
        + System.lineSeparator()
        + "Written to "
        + classifications;
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("reference", found.reference());
    object.put("config_id", found.configId());
    object.put("model", found.model());
    object.put("images", found.images());
    object.put("classifications", found.rows().stream().map(TableRow::asMap).toList());
    return object;
  }
}
