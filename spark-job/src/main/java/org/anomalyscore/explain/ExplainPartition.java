package org.anomalyscore.explain;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.InputImage;
import org.anomalyscore.measure.ModelFile;
import org.anomalyscore.measure.ScoreConfiguration;
import org.anomalyscore.measure.ScoreMetrics;
import org.anomalyscore.measure.ScorePredictor;
import org.anomalyscore.pixels.Preprocessing;
import org.anomalyscore.pixels.RejectReason;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.ImagesByPath;
import org.anomalyscore.source.LoadedImage;
import org.anomalyscore.storage.WholeFile;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Attributes the vulnerability of a partition's images to their super-pixels, and draws each. An
 * image that cannot be read or attributed is reported with the reason.
 *
 * @param configuration of the scores that this explains
 * @param devices where each task computes
 * @param intraOpThreads of each task's network calls
 * @param scored image_id by path, where scores are explained: other bytes now are a fault; empty
 *     where any bytes will do
 * @param overlays the folder of the pictures; a repeated task writes the same bytes again
 */
public record ExplainPartition(
    ScoreConfiguration configuration,
    AttributionParameters parameters,
    Devices devices,
    int batchSize,
    int intraOpThreads,
    Map<String, String> scored,
    String overlays,
    ScoreMetrics metrics,
    Broadcast<SerializableConfiguration> hadoop)
    implements FlatMapFunction<Iterator<ExplainPartition.Wanted>, ExplainedImage> {

  /** Images of one file, which is opened once for them. */
  public record Wanted(String file, List<String> paths) implements Serializable {}

  @Override
  public Iterator<ExplainedImage> call(Iterator<Wanted> files) throws IOException {
    List<ExplainedImage> explained = new ArrayList<>();
    if (!files.hasNext()) {
      return explained.iterator();
    }
    Configuration storage = hadoop.value().value();
    ModelFile model = configuration.model();
    Preprocessing preprocessing = model.card().preprocessing();
    ImagesByPath images =
        new ImagesByPath(
            preprocessing::apply, ImageLoader.MOST_PIXELS, ImageLoader.MOST_FILE_BYTES);
    try (ScorePredictor predictor =
        ScorePredictor.open(
            model,
            model.onExecutor(),
            devices.forTask(TaskContext.get()),
            configuration.parameters(),
            batchSize,
            intraOpThreads)) {
      while (files.hasNext()) {
        Wanted wanted = files.next();
        images.load(
            wanted.file(),
            wanted.paths(),
            storage,
            image -> {
              TaskContext.get().killTaskIfInterrupted();
              ExplainedImage result = explain(image, predictor, storage);
              (result.reason() == null ? metrics.scored() : metrics.rejected()).add(1);
              explained.add(result);
            });
      }
      metrics.networkNanos().add(predictor.networkNanos());
    }
    return explained.iterator();
  }

  private ExplainedImage explain(
      LoadedImage image, ScorePredictor predictor, Configuration storage) {
    if (image.isRejected()) {
      return ExplainedImage.failed(image);
    }
    String before = scored.get(image.path());
    if (before != null && !before.equals(image.imageId())) {
      return failed(image, RejectReason.UNREADABLE, "the file has changed since it was scored");
    }
    SuperPixels pieces = SuperPixels.of(image.pixels(), parameters.superpixels());
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
    Attribution attribution =
        Attribution.of(
            predictor,
            new InputImage(image.imageId(), Preprocessing.toTensor(image.pixels())),
            pieces,
            parameters,
            configuration.parameters().seed());
    if (attribution == null) {
      return failed(
          image,
          RejectReason.DEGENERATE,
          "attacks on its super-pixels do not change the features, or not to a finite value");
    }
    WholeFile overlay =
        WholeFile.at(storage, "The overlay", overlays + "/" + image.imageId() + ".png");
    overlay.write(AttributionOverlay.png(image.pixels(), pieces, attribution.coefficients()));
    return new ExplainedImage(
        image.path(),
        image.imageId(),
        pieces(pieces, attribution),
        attribution.intercept(),
        attribution.rSquared(),
        attribution.penalty(),
        attribution.rankCorrelation(),
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
