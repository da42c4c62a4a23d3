package org.anomalyscore.score;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.anomalyscore.command.ProfileOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.job.Main;
import org.anomalyscore.measure.Devices;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
      description =
          "TorchScript feature model with its card (NAME.yaml beside it). A model is code: trust it"
              + " like a program.")
  private String model;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Holds the tables scores, rejects, runs and evaluations.")
  private String out;

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

  @Option(
      names = "--max-pixels",
      defaultValue = "100000000",
      paramLabel = "N",
      description = "Larger images are rejected undecoded. Default: ${DEFAULT-VALUE}.")
  private long maxPixels;

  @Option(
      names = "--fail-above-reject-fraction",
      defaultValue = "" + ScoreJob.DEFAULT_REJECT_FRACTION,
      paramLabel = "F",
      description = "Exit code 4 above this share of rejected images. Default: ${DEFAULT-VALUE}.")
  private double failAboveRejectFraction;

  @Mixin private SparkOptions spark;

  @Option(names = "--json", description = "Prints one JSON object and nothing else.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    ScoreJob job =
        new ScoreJob(images, dataset, model, out)
            .parameters(profile.parameters())
            .batchSize(batchSize)
            .device(device)
            .featureFraction(features)
            .maxPixels(maxPixels)
            .failAboveRejectFraction(failAboveRejectFraction);
    if (partitions != null) {
      job.partitions(partitions);
    }
    if (slice != null) {
      job.sliceImages(slice);
    }
    try (SparkSession session = spark.start("score " + dataset)) {
      ScoreResult result = job.run(session);
      spec.commandLine().getOut().println(json ? result.toJson() : result.summary());
      if (json) {
        result.warnings().forEach(spec.commandLine().getErr()::println);
      }
      return result.tooManyRejects() ? Main.TOO_MANY_REJECTS : 0;
    }
  }
}
