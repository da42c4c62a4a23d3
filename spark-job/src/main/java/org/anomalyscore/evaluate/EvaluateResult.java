package org.anomalyscore.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.table.TableRow;

/**
 * What a run of evaluate came to.
 *
 * @param evaluations where the table lies
 */
public record EvaluateResult(Evaluator.Result found, String evaluations) implements Result {

  @Override
  public String text() {
    return Leaderboard.render(found) + System.lineSeparator() + "Written to " + evaluations;
  }

  @Override
  public List<String> warnings() {
    return found.warnings();
  }

  @Override
  public Map<String, Object> json() {
    return json(found);
  }

  /** An evaluation as an object of JSON. */
  public static Map<String, Object> json(Evaluator.Result found) {
    Map<String, Object> reference = new LinkedHashMap<>();
    reference.put("dataset", found.reference());
    reference.put("n", found.nReference());
    reference.put("config_id", found.configId());
    reference.put("model", found.model());
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("reference", reference);
    object.put("generators", found.rows().stream().map(TableRow::asMap).toList());
    object.put("unusual", found.unusual());
    object.put("notes", Leaderboard.notes(found));
    return object;
  }
}
