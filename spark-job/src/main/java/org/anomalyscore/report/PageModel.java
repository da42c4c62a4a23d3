package org.anomalyscore.report;

import static org.anomalyscore.page.HtmlTable.format;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.anomalyscore.page.HtmlTable;
import org.anomalyscore.page.Thumbnail;
import org.anomalyscore.report.Shape.GalleryImage;
import org.anomalyscore.storage.VisibleText;

/**
 * What the template prints; it reads these names. All foreign text has gone through {@link
 * VisibleText}.
 *
 * @param made when, in UTC
 * @param from the folder of the tables
 * @param morning how the generators are, in one line; null without a benchmark
 */
record PageModel(
    String made,
    String from,
    String morning,
    String version,
    List<Group> comparisons,
    HtmlTable runs,
    long allRuns) {

  /**
   * A comparison.
   *
   * @param benchmarked when the benchmark began that the next two are of; null without one
   * @param alerts messages
   * @param configuration JSON, or null
   */
  record Group(
      int id,
      String model,
      String configId,
      String reference,
      long nReference,
      String evaluated,
      String benchmarked,
      List<String> alerts,
      List<String> failed,
      HtmlTable correlations,
      Section referenceSection,
      List<Section> sets,
      HtmlTable rejects,
      String configuration) {}

  /**
   * A data set.
   *
   * @param verdict in words
   * @param differs whether the verdict is that it differs; null if unknown
   * @param past of which earlier night the set is, in words; null if of the last
   * @param folder what all paths of the gallery begin with
   * @param flagged how many images are flagged, as a sentence; or null
   * @param byAtypicality whether that orders the gallery, and not AS-i
   */
  record Section(
      int id,
      String name,
      long n,
      String score,
      String interval,
      String p,
      String verdict,
      Boolean differs,
      String past,
      String human,
      String labels,
      String images,
      List<String> notes,
      boolean drawn,
      int evaluations,
      String folder,
      String flagged,
      boolean byAtypicality,
      List<Level> gallery) {}

  /** A level of the gallery. */
  record Level(String title, List<Picture> pictures) {}

  /**
   * An image.
   *
   * @param src a data URI, or null
   * @param fault why there is no picture, or what is wrong with it; or null
   * @param path below the section's folder
   * @param file the whole path as it stands in the tables, for the script to open and to copy, in
   *     percent-encoding: it may hold what turns the order of text
   * @param complexity with its standard error where that is known, as in {@code 0.1441 ± 0.011};
   *     likewise V and AS-i
   * @param flagged whether it was flagged as unlike the reference's
   * @param atypicality or null
   * @param direction which of C and V is high or low; or null
   */
  record Picture(
      String src,
      int width,
      int height,
      boolean tiny,
      String fault,
      String path,
      String file,
      String complexity,
      String vulnerability,
      String asI,
      boolean flagged,
      String atypicality,
      String direction) {}

  /** Below this side a browser should show pixels and not smear them. */
  private static final int TINY = 64;

  static Picture picture(
      GalleryImage image, boolean flagged, String direction, Thumbnail thumbnail, String folder) {
    boolean shown = thumbnail.bytes() != null;
    String fault =
        shown
            ? image.imageId().equals(thumbnail.imageId())
                ? null
                : "The file has changed since it was scored."
            : "Not readable: " + thumbnail.fault();
    return new Picture(
        shown ? thumbnail.dataUri() : null,
        thumbnail.width(),
        thumbnail.height(),
        Math.max(thumbnail.width(), thumbnail.height()) <= TINY,
        fault == null ? null : VisibleText.of(fault),
        VisibleText.of(image.path().substring(folder.length())),
        URLEncoder.encode(image.path(), StandardCharsets.UTF_8).replace("+", "%20"),
        withError(image.complexity(), image.complexityError()),
        withError(image.vulnerability(), image.vulnerabilityError()),
        withError(image.asI(), image.asIError()),
        flagged,
        image.atypicality() == null ? null : format("%.2f", image.atypicality()),
        direction);
  }

  private static String withError(double value, Double error) {
    return format("%.4g", value) + (error == null ? "" : format(" ± %.2g", error));
  }

  /** An image of an earlier night: where the file holds another one now, no picture is of it. */
  static Picture pictureThen(
      GalleryImage image, String direction, Thumbnail thumbnail, String folder) {
    boolean isOther = thumbnail.bytes() != null && !image.imageId().equals(thumbnail.imageId());
    return picture(
        image,
        false,
        direction,
        isOther
            ? Thumbnail.missing(image.path(), null, "the file holds another image now")
            : thumbnail,
        folder);
  }

  /** The folder that all images lie in, with its slash; empty if there is none. */
  static String commonFolder(List<GalleryImage> images) {
    String common = null;
    for (GalleryImage image : images) {
      String path = image.path();
      String folder = path.substring(0, path.lastIndexOf('/') + 1);
      if (common == null) {
        common = folder;
      }
      while (!folder.startsWith(common)) {
        common = common.substring(0, common.lastIndexOf('/', common.length() - 2) + 1);
      }
    }
    return common == null ? "" : common;
  }
}
