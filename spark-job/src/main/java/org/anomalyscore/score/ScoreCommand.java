package org.anomalyscore.score;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.MaxPixelsOption;
import org.anomalyscore.command.OutOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ProfileOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.source.Search;
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
      description = "Folder tree or glob, local or of any file system that Hadoop knows.")
  private String images;

  @Option(
      names = "--dataset",
      required = true,
      paramLabel = "NAME",
      description = "What the table calls these images.")
  private String dataset;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "TorchScript feature model with its card (NAME.yaml beside it).")
  private String model;

  @Mixin private OutOption out;

  @Mixin private ProfileOptions profile;

  @Option(
      names = "--batch-size",
      paramLabel = "N",
      description =
          "Images a network call. Results of one batch size are bit-identical whatever the"
              + " partitioning. Default: by the model's input, 8 at 224 pixels, at most 32.")
  private Integer batchSize;

  @Option(
      names = "--device",
      defaultValue = "auto",
      paramLabel = "auto|cpu|gpu",
      description =
          "auto (default): the GPU that Spark grants to the task, else the CPU; cpu; gpu: an error"
              + " where none is granted. A granted GPU that cannot be used is an error.")
  private Devices.Mode device;

  @Option(
      names = "--features",
      arity = "0..1",
      fallbackValue = "1",
      paramLabel = "FRACTION",
      description =
          "Keeps the feature vectors of the images that this run scores, or of that fraction of"
              + " them, which image_id and the seed choose.")
  private Double features;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Spark partitions of a slice, equal in images and bytes. Default: 8 a core, of 2,000"
              + " images at most.")
  private Integer partitions;

  @Option(
      names = "--slice",
      paramLabel = "N",
      description =
          "Images that are committed together; a killed run loses one slice at most. Default:"
              + " about five minutes' work.")
  private Integer slice;

  @Mixin private MaxPixelsOption maxPixels;

  @Option(
      names = "--any-name",
      description =
          "Opens files that are neither images nor containers by their names, and scores those that"
              + " are images by their first bytes. Costs a read of each such file.")
  private boolean anyName;

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
      description = "Exit code 4 above this share of rejected images. Default: ${DEFAULT-VALUE}.")
  private double failAboveRejectFraction;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    ScoreRequest request =
        ScoreRequest.of(images, dataset, model, out.folder())
            .parameters(profile.parameters())
            .batchSize(batchSize)
            .device(device)
            .featureFraction(features)
            .partitions(partitions)
            .sliceImages(slice)
            .maxPixels(maxPixels.pixels())
            .search(new Search(anyName, maxMembers))
            .failAboveRejectFraction(failAboveRejectFraction)
            .build();
    try (SparkSession session = spark.start("score " + dataset)) {
      return output.print(new ScoreJob(request).run(session));
    }
  }
}
