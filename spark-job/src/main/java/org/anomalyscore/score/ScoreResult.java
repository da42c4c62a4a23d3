package org.anomalyscore.score;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.anomalyscore.command.ExitCode;
import org.anomalyscore.command.Result;
import org.anomalyscore.measure.Precision;
import org.anomalyscore.source.PassedOver;
import org.anomalyscore.storage.VisibleText;

/**
 * What a run of the score command did.
 *
 * @param found images under the path
 * @param scored new rows in the score table
 * @param alreadyScored images whose rows were there before this run
 * @param rejectedByReason images that this run found no score for
 * @param alreadyRejected images that an earlier run rejected for good, unchanged since
 * @param images the path that was looked at
 * @param passedOver files under the path that are no images by their names, by kind
 * @param otherFolders those that earlier scores of the same data set and configuration came from,
 *     where they do not lie in {@code images}
 * @param seconds of the whole run
 * @param networkSeconds inside the feature model, summed over tasks
 * @param taskSeconds of all work on images: reading, decoding, noise, network; summed over tasks
 * @param secondsByStage of the tasks' time: model, read, decode, noise, network, wait
 * @param medianComplexityFloor null where nothing was scored
 * @param featuresKept images whose features this run wrote
 * @param scoredBeforeWithoutFeatures rows that earlier runs wrote without the features that this
 *     run was asked to keep
 * @param precision what the feature model computed in
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ScoreResult(
    String runId,
    String dataset,
    String configId,
    long found,
    long scored,
    long alreadyScored,
    Map<String, Long> rejectedByReason,
    long alreadyRejected,
    String images,
    Map<String, Long> passedOver,
    List<String> otherFolders,
    double seconds,
    double networkSeconds,
    double taskSeconds,
    Map<String, Double> secondsByStage,
    Double medianComplexityFloor,
    long featuresKept,
    long scoredBeforeWithoutFeatures,
    @JsonIgnore Precision precision,
    @JsonIgnore double failAboveRejectFraction,
    Map<String, String> tables)
    implements Result {

  /**
   * A hundredth of a noise step must change the features by about a hundredth of what the step
   * changes. More is rounding that does not shrink with the step: measured on ResNet-20, 0.02 goes
   * with an error of C of 3 %, TF32 gives 0.14 and an error of 280 %. Less means that the pixels
   * themselves are rounded: a bfloat16 model gives 0. In float64 the diagnostic is exact: a value
   * outside says that the features change at another rate beside the image than along the noise.
   */
  private static final double LOWEST_FLOOR = 0.005;

  private static final double HIGHEST_FLOOR = 0.02;

  public long rejected() {
    return rejectedByReason.values().stream().mapToLong(Long::longValue).sum();
  }

  public boolean tooManyRejects() {
    return rejected() + alreadyRejected > failAboveRejectFraction * found;
  }

  /**
   * True when complexity measures rounding instead of curvature. The rounding of float64 is nine
   * powers of ten below a step, unless the step is so small that the features do not move at all.
   */
  public boolean nearRoundingFloor() {
    return unusualFloor() && (precision == Precision.FLOAT32 || medianComplexityFloor == 0);
  }

  /** True where the median of the floor is not about a hundredth. */
  public boolean unusualFloor() {
    return medianComplexityFloor != null
        && !(medianComplexityFloor >= LOWEST_FLOOR && medianComplexityFloor <= HIGHEST_FLOOR);
  }

  /** How many images have no score and why, as {@code 2 truncated, 1 rejected before}. */
  public String rejectSummary() {
    List<String> parts = new ArrayList<>();
    rejectedByReason.forEach(
        (reason, n) -> parts.add(String.format(Locale.ROOT, "%,d %s", n, reason)));
    if (alreadyRejected > 0) {
      parts.add(String.format(Locale.ROOT, "%,d rejected before", alreadyRejected));
    }
    return String.join(", ", parts);
  }

  @Override
  public ExitCode exitCode() {
    return tooManyRejects() ? ExitCode.TOO_MANY_REJECTS : ExitCode.DONE;
  }

  private String roundingAndRemedy() {
    if (precision == Precision.FLOAT64) {
      return "a noise step is below the rounding of float64, so complexity measures rounding. Use a"
          + " larger --noise-step.";
    }
    return (medianComplexityFloor > HIGHEST_FLOOR
            ? "a noise step is near the rounding of the features"
            : "the module rounds its pixels")
        + ", so complexity measures rounding. Use a model that computes in true float32 or in"
        + " float64, or a larger --noise-step.";
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    if (nearRoundingFloor()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "WARNING: the median complexity_floor is %.4f instead of about 0.01: %s",
              medianComplexityFloor,
              roundingAndRemedy()));
    }
    if (scored > 0 && !otherFolders.isEmpty()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "WARNING: the data set %s held images of %s before, and this run added images of %s:"
                  + " it now mixes them. If that is not meant, remove its rows by tables delete, and"
                  + " score each under a --dataset or an --out of its own.",
              dataset,
              String.join(", ", otherFolders),
              images));
    }
    if (unusualFloor() && !nearRoundingFloor()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "WARNING: the median complexity_floor is %.4f instead of about 0.01. The model"
                  + " computes in float64, so this is no rounding: its features change at another"
                  + " rate beside an image than along the noise. A smaller --noise-step measures"
                  + " closer to the image.",
              medianComplexityFloor));
    }
    if (scoredBeforeWithoutFeatures > 0) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "WARNING: %,d images of %s were scored before without --features and stay without:"
                  + " only new scores come with features. To have the features of all, score into"
                  + " another --out.",
              scoredBeforeWithoutFeatures,
              dataset));
    }
    if (tooManyRejects()) {
      warnings.add(
          String.format(
              Locale.ROOT,
              "Too many rejects: %,d of %,d is above --fail-above-reject-fraction %s. The table"
                  + " rejects says why.",
              rejected() + alreadyRejected,
              found,
              failAboveRejectFraction));
    }
    return warnings;
  }

  @Override
  public Object json() {
    return this;
  }

  @Override
  public String text() {
    StringBuilder text = new StringBuilder();
    line(text, "%s: %,d images found, %,d scored", VisibleText.of(dataset), found, scored);
    if (alreadyScored > 0) {
      line(text, "  %,d were scored before under the same configuration", alreadyScored);
    }
    if (alreadyRejected > 0) {
      line(text, "  %,d were rejected before and have not changed", alreadyRejected);
    }
    rejectedByReason.forEach((reason, n) -> line(text, "  %,d rejected: %s", n, reason));
    if (!passedOver.isEmpty()) {
      line(text, "  %s", PassedOver.text(passedOver));
    }
    if (scored > 0) {
      line(
          text,
          "  %.1f s, %.1f images a second; slowest stage: %s",
          seconds,
          scored / seconds,
          stages());
    }
    if (featuresKept > 0) {
      line(text, "  features of %,d images stored", featuresKept);
    }
    warnings().forEach(warning -> line(text, "  %s", warning));
    tables.forEach((name, path) -> line(text, "  %-8s %s", name, path));
    return text.toString().stripTrailing();
  }

  /** The stages of the pipeline with their share of the tasks' time, the slowest first. */
  private String stages() {
    double whole = secondsByStage.values().stream().mapToDouble(Double::doubleValue).sum();
    return secondsByStage.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .map(
            stage ->
                String.format(
                    Locale.ROOT,
                    "%s %.1f %%",
                    stage.getKey(),
                    100 * stage.getValue() / Math.max(1e-9, whole)))
        .collect(Collectors.joining(", "));
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
