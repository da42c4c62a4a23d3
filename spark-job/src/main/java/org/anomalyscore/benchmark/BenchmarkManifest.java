package org.anomalyscore.benchmark;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.anomalyscore.evaluate.Evaluator;
import org.anomalyscore.measure.Devices;
import org.anomalyscore.measure.EngineOptions;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.Profile;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.score.ScoreRequest;
import org.anomalyscore.source.ImageLoader;
import org.anomalyscore.source.NamedImages;
import org.anomalyscore.stats.AnomalyScore;

/**
 * What a benchmark scores and compares: {@code conf/benchmark.schema.json} as types, with the
 * defaults that it names. Paths are whole: those of the file that were relative start at its
 * folder.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record BenchmarkManifest(
    List<String> models,
    String profile,
    Long seed,
    Integer draws,
    Integer noiseDraws,
    Integer attackDraws,
    Integer batchSize,
    String device,
    Double features,
    Boolean setMeasures,
    NamedImages reference,
    List<Generator> generators,
    Outputs outputs,
    Thresholds thresholds,
    Resampling resampling) {

  public BenchmarkManifest {
    profile = or(profile, Profile.PAPER.text());
    seed = or(seed, 0L);
    device = or(device, "auto");
    setMeasures = or(setMeasures, true);
    thresholds = or(thresholds, new Thresholds(null, null, null));
    resampling = or(resampling, new Resampling(null, null, null));
  }

  /**
   * A generated set.
   *
   * @param humanErrorRate share of its images that people take for photographs; null if not known
   * @param stdErr of that; null if not known
   * @param labels by name; null for none
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Generator(
      String name,
      String images,
      Double humanErrorRate,
      Double stdErr,
      Map<String, Object> labels) {

    Generator at(String path) {
      return new Generator(name, path, humanErrorRate, stdErr, labels);
    }
  }

  /** Where results go. */
  record Outputs(String tables, String leaderboard, String alerts) {}

  /**
   * When to alert, and when to flag.
   *
   * @param maxIncrease of a score between two runs; null to go by the bootstrap interval
   * @param flagFdr the false discovery rate at which images are flagged
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Thresholds(Double maxIncrease, Double maxRejectFraction, Double flagFdr) {
    Thresholds {
      maxRejectFraction = or(maxRejectFraction, ScoreRequest.DEFAULT_REJECT_FRACTION);
      flagFdr = or(flagFdr, Evaluator.FLAG_RATE);
    }
  }

  /** Of the statistics beside a score. */
  record Resampling(Integer permutations, Integer resamples, Double confidence) {
    Resampling {
      permutations = or(permutations, AnomalyScore.Options.DEFAULT.permutations());
      resamples = or(resamples, AnomalyScore.Options.DEFAULT.resamples());
      confidence = or(confidence, AnomalyScore.Options.DEFAULT.confidence());
    }
  }

  /** The profile's draws stand where none are given; {@code draws} means both. */
  ScoreParameters parameters() {
    ScoreParameters p = Profile.named(profile).parameters().with(Parameter.SEED, seed);
    return p.with(Parameter.NOISE_DRAWS, or(noiseDraws, or(draws, p.noiseDraws())))
        .with(Parameter.ATTACK_DRAWS, or(attackDraws, or(draws, p.attackDraws())));
  }

  /** What measures with one of the models. */
  EngineOptions engine(String model) {
    Devices.Mode mode = Devices.Mode.valueOf(device.toUpperCase(Locale.ROOT));
    return new EngineOptions(model, batchSize, mode, ImageLoader.MOST_PIXELS);
  }

  AnomalyScore.Options statistics() {
    return new AnomalyScore.Options(
        AnomalyScore.Options.DEFAULT.seed(),
        resampling.permutations,
        resampling.resamples,
        resampling.confidence,
        // A night has an end, however large its sets grow.
        AnomalyScore.Options.POINTS,
        AnomalyScore.Options.POINTS);
  }

  private static <T> T or(T given, T otherwise) {
    return given == null ? otherwise : given;
  }
}
