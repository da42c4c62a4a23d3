package org.anomalyscore.report;

import java.util.Locale;
import org.anomalyscore.command.Result;

/**
 * What a run of report came to.
 *
 * @param page that was written
 * @param seconds of the whole run
 */
record ReportResult(Report.Result page, double seconds) implements Result {

  @Override
  public String text() {
    return String.format(
        Locale.ROOT,
        "Written to %s: %.1f MB, %,d images of %d generated sets, %.1f s",
        page.location(),
        page.bytes() / 1e6,
        page.images(),
        page.sets(),
        seconds);
  }

  @Override
  public Object json() {
    return this;
  }
}
