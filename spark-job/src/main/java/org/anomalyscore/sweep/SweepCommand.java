package org.anomalyscore.sweep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.anomalyscore.command.EngineOption;
import org.anomalyscore.command.OutOption;
import org.anomalyscore.command.Output;
import org.anomalyscore.command.ProfileOptions;
import org.anomalyscore.command.SparkOptions;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.source.ImageFinder;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.storage.UserException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code sweep}: how C, V and AS depend on the parameters and on the seed. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Measures how C, V and AS depend on the parameters and on the seed: varies one parameter"
            + " after the other around the profile, on a sample of images.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  anomaly-score sweep --reference photos --generated gan-7 --model resnet50.pt --out tables",
      "  anomaly-score sweep --reference photos --generated gan-7 --generated ddpm \\",
      "      --model resnet50.pt --out tables --noise-step 0.003,0.03 --seeds 0,1",
      "",
      "Without a list of values all five parameters are varied; with lists only those are."
    })
public final class SweepCommand implements Callable<Integer> {

  private static final String NOISE_STEP = "0.001,0.003,0.01,0.03,0.1";
  private static final String NOISE_STEPS = "2,5,10,20";
  private static final String ATTACK_STEP = "0.001,0.003,0.01,0.03";
  private static final String ATTACK_STEPS = "1,3,5,10,20";
  private static final String ATTACK_START = "0.000001,0.0001,0.001,0.01";

  @Option(
      names = "--reference",
      required = true,
      paramLabel = "PATH",
      description =
          "Compares with the natural images under this path, as for score. The last name of the"
              + " path is that of the data set.")
  private String reference;

  @Option(
      names = "--generated",
      required = true,
      paramLabel = "PATH",
      description = "Measures the generated images under this path; may be given several times.")
  private List<String> generated;

  @Mixin private EngineOption engine;

  @Mixin private OutOption out;

  @Option(
      names = "--sample",
      defaultValue = "200",
      paramLabel = "N",
      description =
          "Measures this number of images of each set, those with the lowest image_id; the whole"
              + " set is decoded to find them. Do not compare AS between different numbers of"
              + " images. Default: ${DEFAULT-VALUE}.")
  private int sample;

  @Option(
      names = "--profile",
      defaultValue = "paper",
      converter = ProfileOptions.Profiles.class,
      description =
          "Varies parameters around this profile, as for score; all is of one draw. Default: paper.")
  private ScoreParameters profile;

  @Option(
      names = "--noise-step",
      split = ",",
      paramLabel = "EPS",
      description =
          "Measures under these values of eps, and that of the profile. Default: "
              + NOISE_STEP
              + ".")
  private List<Double> noiseStep;

  @Option(
      names = "--noise-steps",
      split = ",",
      paramLabel = "K",
      description = "Measures under these values of K. Default: " + NOISE_STEPS + ".")
  private List<Integer> noiseSteps;

  @Option(
      names = "--attack-step",
      split = ",",
      paramLabel = "ALPHA",
      description = "Measures under these values of alpha. Default: " + ATTACK_STEP + ".")
  private List<Double> attackStep;

  @Option(
      names = "--attack-steps",
      split = ",",
      paramLabel = "J",
      description = "Measures under these values of J. Default: " + ATTACK_STEPS + ".")
  private List<Integer> attackSteps;

  @Option(
      names = "--attack-start",
      split = ",",
      paramLabel = "R0",
      description = "Measures under these values of r0. Default: " + ATTACK_START + ".")
  private List<Double> attackStart;

  @Option(
      names = "--seeds",
      split = ",",
      defaultValue = "0,1,2,3",
      paramLabel = "SEED",
      description =
          "Measures each setting under each of these seeds of the noise. Default: 0,1,2,3.")
  private List<Long> seeds;

  @Mixin private SparkOptions spark;

  @Mixin private Output output;

  @Override
  public Integer call() throws IOException {
    SweepRequest request =
        new SweepRequest(
            new SweepPlan(profile, settings(), seeds),
            sets(),
            engine.engine(),
            out.folder(),
            sample);
    try (SparkSession session = spark.start("sweep", this::requireThere)) {
      return output.print(
          new SweepResult(new SweepJob(request).run(session), seeds.size(), out.folder()));
    }
  }

  private void requireThere(Configuration hadoop) {
    sets().forEach(set -> ImageFinder.requireThere(hadoop, set.images()));
    engine.requireThere(hadoop);
  }

  /** The profile's own value stands among those of each parameter. */
  private List<SweepPlan.Setting> settings() {
    boolean all =
        Stream.of(noiseStep, noiseSteps, attackStep, attackSteps, attackStart)
            .allMatch(values -> values == null);
    List<SweepPlan.Setting> settings = new ArrayList<>();
    add(settings, Parameter.NOISE_STEP, noiseStep, all, NOISE_STEP);
    add(settings, Parameter.NOISE_STEPS, noiseSteps, all, NOISE_STEPS);
    add(settings, Parameter.ATTACK_STEP, attackStep, all, ATTACK_STEP);
    add(settings, Parameter.ATTACK_STEPS, attackSteps, all, ATTACK_STEPS);
    add(settings, Parameter.ATTACK_START, attackStart, all, ATTACK_START);
    return settings;
  }

  private void add(
      List<SweepPlan.Setting> settings,
      Parameter parameter,
      List<? extends Number> given,
      boolean all,
      String otherwise) {
    if (given == null && !all) {
      return;
    }
    Stream.concat(
            Stream.of(profile.get(parameter).doubleValue()),
            given == null
                ? Stream.of(otherwise.split(",")).map(Double::valueOf)
                : given.stream().map(Number::doubleValue))
        .distinct()
        .sorted()
        .forEach(value -> settings.add(new SweepPlan.Setting(parameter, value)));
  }

  /** Named by the last name of the path, the reference first. */
  private List<NamedImages> sets() {
    List<NamedImages> sets = new ArrayList<>();
    for (String path : Stream.concat(Stream.of(reference), generated.stream()).toList()) {
      String name = path.replaceFirst("/+$", "").replaceFirst(".*/", "");
      if (name.isEmpty()) {
        throw new UserException("'" + path + "' ends in no name for the data set. Give a folder.");
      }
      for (NamedImages other : sets) {
        if (other.name().equals(name)) {
          throw new UserException(
              other.images()
                  + " and "
                  + path
                  + " are both called '"
                  + name
                  + "', so that the tables could not hold both. Rename one, or give a link.");
        }
      }
      sets.add(new NamedImages(name, path));
    }
    return sets;
  }
}
