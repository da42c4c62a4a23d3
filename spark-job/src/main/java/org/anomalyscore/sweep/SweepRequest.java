package org.anomalyscore.sweep;

import java.util.List;
import org.anomalyscore.command.Positive;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.source.NamedImages;

/**
 * What a sweep is asked for, checked.
 *
 * @param images the sets, of different names; the first is the reference
 * @param engine what measures
 * @param out the folder of the tables
 * @param sample images of each set at most
 */
record SweepRequest(
    SweepPlan plan, List<NamedImages> images, EngineOptions engine, String out, int sample) {

  SweepRequest {
    images = List.copyOf(images);
    int unused = Positive.require("--sample", sample);
  }
}
