package org.anomalyscore.benchmark;

import com.fasterxml.jackson.annotation.JsonProperty;
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
    Resampling resampling,
    // A record has no component that is called as a method of every object.
    @JsonProperty("notify") Notification notification) {

  public BenchmarkManifest {
    profile = or(profile, Profile.PAPER.text());
    seed = or(seed, 0L);
    device = or(device, "auto");
    setMeasures = or(setMeasures, true);
    thresholds = or(thresholds, new Thresholds(null, null, null, null, null, null));
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
  record Outputs(String tables, String leaderboard, String alerts) {

    /** The file of one night, beside that of the newest. */
    String alertsOf(String runId) {
      int name = alerts.lastIndexOf('/') + 1;
      int dot = alerts.lastIndexOf('.');
      int end = dot > name ? dot : alerts.length();
      return alerts.substring(0, end) + "-" + runId + alerts.substring(end);
    }
  }

  /**
   * When to alert, and when to flag.
   *
   * @param maxIncrease of a score above its baseline; null to go by what chance makes
   * @param flagFdr the false discovery rate at which images are flagged
   * @param baseline see {@link BaselineRule#of}
   * @param alertFdr the false discovery rate of a night's alerts
   * @param trendNights that a test for a trend looks at, tonight included; 0 for no test
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Thresholds(
      Double maxIncrease,
      Double maxRejectFraction,
      Double flagFdr,
      String baseline,
      Double alertFdr,
      Integer trendNights) {
    Thresholds {
      baseline = or(baseline, BaselineRule.DEFAULT.text());
      alertFdr = or(alertFdr, 0.01);
      trendNights = or(trendNights, 60);
      maxRejectFraction = or(maxRejectFraction, ScoreRequest.DEFAULT_REJECT_FRACTION);
      flagFdr = or(flagFdr, Evaluator.FLAG_RATE);
    }

    BaselineRule baselineRule() {
      return BaselineRule.of(baseline);
    }
  }

  /**
   * Who is told of a night in which not all is well, or of every night; either of the first two.
   *
   * @param url that the alerts are posted to; {@code ${NAME}} in it is a variable of the
   *     environment, so that a secret stands in no file
   * @param command that gets the alerts on its standard input
   * @param timeoutSeconds of one attempt
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Notification(
      String url,
      List<String> command,
      Boolean everyNight,
      Integer timeoutSeconds,
      Integer attempts) {
    Notification {
      everyNight = or(everyNight, false);
      timeoutSeconds = or(timeoutSeconds, 10);
      attempts = or(attempts, 3);
    }

    /** The host or the program: the rest of an address, or of a command, may hold a secret. */
    String name() {
      return url == null ? command.get(0) : url.replaceFirst("^(https?://[^/?#]*).*$", "$1");
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

  /** For the tables: whom a night is told is nobody else's business, and may hold a secret. */
  BenchmarkManifest withoutNotification() {
    return new BenchmarkManifest(
        models,
        profile,
        seed,
        draws,
        noiseDraws,
        attackDraws,
        batchSize,
        device,
        features,
        setMeasures,
        reference,
        generators,
        outputs,
        thresholds,
        resampling,
        null);
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
