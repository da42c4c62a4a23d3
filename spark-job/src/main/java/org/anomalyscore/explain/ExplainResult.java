package org.anomalyscore.explain;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.anomalyscore.command.Result;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.table.Run;
import org.anomalyscore.table.Table;
import org.anomalyscore.table.TableStore;

/**
 * What a run of the explain command found.
 *
 * @param dataset null where images were given
 * @param images that have an attribution, in the order they were asked for
 * @param failed images that have none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ExplainResult(
    String runId,
    String configId,
    String dataset,
    List<Image> images,
    List<Failure> failed,
    double seconds,
    Map<String, String> tables)
    implements Result {

  private static final int SHOWN = 3;

  /**
   * An image.
   *
   * @param rankCorrelation of the super-pixels between seeds; null for one seed
   * @param top the super-pixels with the largest coefficients, the largest first
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Image(
      String path,
      String imageId,
      int superpixels,
      Double rankCorrelation,
      Double rSquared,
      String overlay,
      List<Piece> top) {}

  /**
   * A super-pixel.
   *
   * @param coefficient what attacking it adds to V
   * @param coefficientStd over seeds; null for one seed
   * @param centreX pixels of the model's input
   * @param centreY pixels of the model's input
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Piece(
      int superpixel,
      double coefficient,
      Double coefficientStd,
      int pixels,
      double centreX,
      double centreY) {}

  /** An image without an attribution, and why. */
  record Failure(String path, String reason, String message) {}

  static ExplainResult of(
      Run run, String configId, String dataset, List<ExplainedImage> all, TableStore store) {
    Map<String, String> tables = new TreeMap<>();
    for (Table table : List.of(Table.ATTRIBUTIONS, Table.RUNS)) {
      tables.put(table.folder(), store.location(table));
    }
    return new ExplainResult(
        run.id(),
        configId,
        dataset,
        all.stream().filter(image -> image.reason() == null).map(ExplainResult::image).toList(),
        all.stream()
            .filter(image -> image.reason() != null)
            .map(image -> new Failure(image.path(), image.reason(), image.message()))
            .toList(),
        run.seconds(),
        tables);
  }

  private static Image image(ExplainedImage image) {
    return new Image(
        image.path(),
        image.imageId(),
        image.pieces().size(),
        defined(image.rankCorrelation()),
        defined(image.rSquared()),
        image.overlay(),
        image.pieces().stream()
            .sorted(Comparator.comparingInt(ExplainedImage.Piece::rank))
            .limit(SHOWN)
            .map(
                piece ->
                    new Piece(
                        piece.number(),
                        piece.coefficient(),
                        defined(piece.deviation()),
                        piece.pixels(),
                        piece.centreX(),
                        piece.centreY()))
            .toList());
  }

  private static Double defined(double value) {
    return Double.isNaN(value) ? null : (Double) value;
  }

  long explained() {
    return images.size();
  }

  /**
   * Fails where no image could be explained.
   *
   * @throws UserException with the reason of the first
   */
  void requireSome() {
    if (images.isEmpty()) {
      Failure first = failed.get(0);
      throw new UserException(
          "None of "
              + failed.size()
              + " image(s) can be explained. "
              + first.path()
              + " ("
              + first.reason()
              + "): "
              + first.message()
              + ". Give images that can be scored.");
    }
  }

  @Override
  public List<String> warnings() {
    return failed.stream()
        .map(
            image ->
                "Not explained: " + image.path() + " (" + image.reason() + "): " + image.message())
        .toList();
  }

  @Override
  public Object json() {
    return this;
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Image image : images) {
      line(
          text,
          "%s: %d super-pixels%s",
          image.path(),
          image.superpixels(),
          image.rankCorrelation() == null
              ? ""
              : String.format(
                  Locale.ROOT, ", rank correlation between seeds %.2f", image.rankCorrelation()));
      int rank = 1;
      for (Piece piece : image.top()) {
        line(
            text,
            "  %d. %+.4g%s of V, %,d pixels around (%.0f, %.0f)",
            rank++,
            piece.coefficient(),
            piece.coefficientStd() == null
                ? ""
                : String.format(Locale.ROOT, " ± %.2g", piece.coefficientStd()),
            piece.pixels(),
            piece.centreX(),
            piece.centreY());
      }
      line(text, "  %s", image.overlay());
    }
    warnings().forEach(warning -> line(text, "%s", warning));
    line(text, "%,d images explained, %,d not, %.1f s", images.size(), failed.size(), seconds);
    tables.forEach((name, path) -> line(text, "  %-12s %s", name, path));
    return text.toString().stripTrailing();
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
