package org.anomalyscore.score;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.CatalogOption;
import org.anomalyscore.command.EngineOption;
import org.anomalyscore.command.OutOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ProfileOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.Search;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code score}: images in, score table out. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures complexity, vulnerability and AS-i of each image under a path.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score score --images photos --dataset real --model resnet50.pt --out tables",
      "  anomaly-score score --images '/data/night42/*/*.png' --dataset gan-7 \\",
      "      --model models/dinov2.pt --out hdfs:///scores",
      "",
      "A second run with the same arguments scores only what the table lacks: paths that are new,"
          + " and",
      "files that were changed after they were scored."
    })
public final class ScoreCommand implements Callable<Integer> {

  @Option(
      names = "--images",
      required = true,
      paramLabel = "PATH",
      description =
          "Scores all images in this folder and the folders below it, or those that this glob"
              + " matches; local or of any file system that Hadoop knows.")
  private String images;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "Stores the scores under this name of a data set.")
  private String dataset;

  @Mixin private EngineOption engine;

  @Mixin private OutOption out;

  @Mixin private ProfileOptions profile;

  @Option(
      names = "--features",
      arity = "0..1",
      fallbackValue = "1",
      paramLabel = "FRACTION",
      description =
          "Stores the feature vectors of the images that this run scores, or of this fraction of"
              + " them (above 0, at most 1), which image_id and the seed choose. Default: stores"
              + " none.")
  private Double features;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Cuts each slice into this number of Spark partitions of equal work. Default: 8 for each"
              + " core, and more if a partition would have more than 2,000 images.")
  private Integer partitions;

  @Option(
      names = "--slice",
      paramLabel = "N",
      description =
          "Commits this number of images together; a killed run loses one such slice at most."
              + " Default: the work of about five minutes.")
  private Integer slice;

  @Option(
      names = "--any-name",
      description =
          "Opens files that are neither images nor containers by their names, and scores those that"
              + " are images by their first bytes. Costs a read of each such file.")
  private boolean anyName;

  @Option(
      names = "--strict",
      description =
          "Ends with exit code 3, before any image is read, if the data set holds images of another"
              + " --images. Default: warns.")
  private boolean strict;

  @Option(
      names = "--max-members",
      defaultValue = "" + Search.MOST_MEMBERS,
      paramLabel = "N",
      description =
          "Images of one container (.tar, .zip, .npz, .parquet); one with more is a reject."
              + " Default: ${DEFAULT-VALUE}.")
  private long maxMembers;

  @Option(
      names = "--fail-above-reject-fraction",
      defaultValue = "" + ScoreRequest.DEFAULT_REJECT_FRACTION,
      paramLabel = "F",
      description =
          "Ends with exit code 4 if more than this fraction of the images is rejected, 0 to 1."
              + " Default: ${DEFAULT-VALUE}.")
  private double failAboveRejectFraction;

  @Mixin private CatalogOption catalog;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    ScoreRequest request =
        ScoreRequest.of(images, dataset, engine.engine(), out.folder())
            .parameters(profile.parameters())
            .featureFraction(features)
            .partitions(partitions)
            .sliceImages(slice)
            .search(new Search(anyName, maxMembers))
            .strict(strict)
            .failAboveRejectFraction(failAboveRejectFraction)
            .build();
    try (SparkSession session = spark.start("score " + dataset, this::requireThere)) {
      int code = output.print(new ScoreJob(request).run(session));
      return catalog.register(session, out.folder(), code);
    }
  }

  private void requireThere(Configuration hadoop) {
    catalog.requireMetastore();
    ImageFinder.requireThere(hadoop, images);
    engine.requireThere(hadoop);
  }
}
