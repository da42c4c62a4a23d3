package org.anomalyscore.labels;

import java.util.LinkedHashMap;
import java.util.Map;
import org.anomalyscore.command.Result;
import org.anomalyscore.table.TableRow;

/**
 * What a run of calibrate came to.
 *
 * @param calibrations where the table lies
 */
record CalibrateResult(Calibration.Result found, String calibrations) implements Result {

  @Override
  public String text() {
    return CalibrationBoard.render(found) + System.lineSeparator() + "Written to " + calibrations;
  }

  @Override
  public Map<String, Object> json() {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("dataset", found.dataset());
    object.put("config_id", found.configId());
    object.put("model", found.model());
    object.put("measures", found.rows().stream().map(TableRow::asMap).toList());
    object.put("verdict", CalibrationText.verdict(found.rows(), TableRow::get));
    return object;
  }
}
