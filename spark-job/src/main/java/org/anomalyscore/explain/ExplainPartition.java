package org.anomalyscore.explain;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.ScoreEngine;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ImagesByPath;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.WholeFile;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;

/**
 * Attributes the vulnerability of a partition's images to their super-pixels, and draws each. An
 * image that cannot be read or attributed is reported with the reason.
 *
 * @param score the parameters of the score that this explains
 * @param scored image_id by path, where scores are explained: other bytes now are a fault; null of
 *     a path where any bytes will do
 * @param overlays the folder of the pictures; a repeated task writes the same bytes again
 */
public record ExplainPartition(
    ScoreEngine engine,
    ScoreParameters score,
    AttributionParameters attribution,
    Map<String, String> scored,
    String overlays)
    implements FlatMapFunction<Iterator<ExplainPartition.Wanted>, ExplainedImage> {

  /** Images of one file, which is opened once for them. */
  public record Wanted(String file, List<String> paths) implements Serializable {}

  @Override
  public Iterator<ExplainedImage> call(Iterator<Wanted> files) throws IOException {
    List<ExplainedImage> explained = new ArrayList<>();
    if (!files.hasNext()) {
      return explained.iterator();
    }
    ScoreMetrics metrics = engine.metrics();
    ImageLoader loader = engine.loader();
    ImagesByPath images =
        new ImagesByPath(loader.preprocessing()::apply, loader.maxPixels(), loader.maxFileBytes());
    ScorePredictor predictor = engine.openPredictor(score);
    while (files.hasNext()) {
      Wanted wanted = files.next();
      images.load(
          wanted.file(),
          wanted.paths(),
          engine.storage(),
          image -> {
            TaskContext.get().killTaskIfInterrupted();
            ExplainedImage result = explain(image, predictor);
            (result.reason() == null ? metrics.scored() : metrics.rejected()).add(1);
            explained.add(result);
          });
    }
    metrics.networkNanos().add(predictor.networkNanos());
    return explained.iterator();
  }

  private ExplainedImage explain(LoadedImage image, ScorePredictor predictor) {
    if (image.isRejected()) {
      return ExplainedImage.failed(image);
    }
    String before = scored.get(image.path());
    if (before != null && !before.equals(image.imageId())) {
      return failed(image, RejectReason.UNREADABLE, "the file has changed since it was scored");
    }
    SuperPixels pieces = SuperPixels.of(image.pixels(), attribution.superpixels());
    if (pieces.count() < AttributionParameters.LEAST_SUPERPIXELS) {
      return failed(
          image,
          RejectReason.DEGENERATE,
          "it falls into "
              + pieces.count()
              + " super-pixels only, and "
              + AttributionParameters.LEAST_SUPERPIXELS
              + " are needed");
    }
    Attribution found =
        Attribution.of(
            predictor,
            new InputImage(image.imageId(), Preprocessing.toTensor(image.pixels())),
            pieces,
            attribution,
            score.seed());
    if (found == null) {
      return failed(
          image,
          RejectReason.DEGENERATE,
          "attacks on its super-pixels do not change the features, or not to a finite value");
    }
    WholeFile overlay =
        WholeFile.at(engine.storage(), "The overlay", overlays + "/" + image.imageId() + ".png");
    overlay.write(AttributionOverlay.png(image.pixels(), pieces, found.coefficients()));
    return new ExplainedImage(
        image.path(),
        image.imageId(),
        pieces(pieces, found),
        found.intercept(),
        found.rSquared(),
        found.penalty(),
        found.rankCorrelation(),
        overlay.location(),
        null,
        null);
  }

  private static ExplainedImage failed(LoadedImage image, RejectReason reason, String message) {
    return ExplainedImage.failed(image.path(), image.imageId(), reason, message);
  }

  private static List<ExplainedImage.Piece> pieces(SuperPixels cut, Attribution attribution) {
    int[] ranks = attribution.ranks();
    int[] sizes = cut.sizes();
    SuperPixels.Centre[] centres = cut.centres();
    List<ExplainedImage.Piece> pieces = new ArrayList<>();
    for (int p = 0; p < cut.count(); p++) {
      pieces.add(
          new ExplainedImage.Piece(
              p,
              attribution.coefficients()[p],
              attribution.deviations() == null ? Double.NaN : attribution.deviations()[p],
              ranks[p],
              sizes[p],
              centres[p].x(),
              centres[p].y()));
    }
    return pieces;
  }
}
