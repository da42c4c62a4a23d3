package org.anomalyscore.classify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.table.TableRow;

/**
 * What a run of classify came to.
 *
 * @param classifications where the table lies
 */
record ClassifyResult(Classified found, String classifications) implements Result {

  @Override
  public String text() {
    StringBuilder text = new StringBuilder(ClassificationBoard.render(found));
    warnings().forEach(warning -> text.append(System.lineSeparator()).append(warning));
    return text.append(System.lineSeparator())
        .append("Written to ")
        .append(classifications)
        .toString();
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("reference", found.reference());
    object.put("config_id", found.configId());
    object.put("model", found.model());
    object.put("images", found.images());
    object.put("dropped", found.dropped());
    object.put("classifications", found.rows().stream().map(TableRow::asMap).toList());
    return object;
  }

  @Override
  public List<String> warnings() {
    return found.warnings();
  }
}
