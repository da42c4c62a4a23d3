package org.anomalyscore.report;

import java.util.Objects;
import org.anomalyscore.storage.UserException;

/**
 * What to report.
 *
 * @param from folder of the tables
 * @param out the HTML file, overwritten
 * @param configId only evaluations under this configuration; null for all
 * @param reference only evaluations against this reference; null for all
 * @param thumbnails images that each level of a gallery shows, 0 to 50; null for as many as keep
 *     the page small
 */
record ReportRequest(
    String from, String out, String configId, String reference, Integer thumbnails) {

  private static final int MOST_THUMBNAILS = 50;

  /**
   * @throws UserException for a number of thumbnails out of range
   */
  ReportRequest {
    Objects.requireNonNull(from, "from");
    Objects.requireNonNull(out, "out");
    if (thumbnails != null && (thumbnails < 0 || thumbnails > MOST_THUMBNAILS)) {
      throw new UserException(
          "--thumbnails is " + thumbnails + ". Give 0 to " + MOST_THUMBNAILS + ".");
    }
  }
}
