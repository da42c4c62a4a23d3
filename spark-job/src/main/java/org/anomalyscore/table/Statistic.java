package org.anomalyscore.table;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The statistics of a generated set against a reference, a column each: what the column is called,
 * what it means, how it is printed, and what is good. The schema of {@code evaluations}, the
 * leaderboards of the terminal and of the page, the table of a sweep and the correlation with
 * people's judgement all go by this list, so that a new measure of sets is one constant here and
 * what computes it in {@code setmeasures}.
 */
public enum Statistic {
  ANOMALY_SCORE(
      Group.SCORE,
      "anomaly_score",
      "AS",
      "Anomaly Score, 0 to 1; lower is more natural",
      "%.4f",
      "%.4f",
      Direction.LOWER_IS_BETTER),
  // The ends and the levels below stand for no set by themselves, and so have no direction.
  ANOMALY_SCORE_LOW(
      Group.SCORE, "anomaly_score_low", "AS from", "Lower end of its interval", "%.4f"),
  ANOMALY_SCORE_HIGH(
      Group.SCORE, "anomaly_score_high", "AS to", "Upper end of its interval", "%.4f"),
  NULL_MEAN(
      Group.SCORE,
      "null_mean",
      "chance",
      "Mean AS of two sets of one source at these sizes",
      "%.4f"),
  NULL_Q95(Group.SCORE, "null_q95", "chance 95 %", "What chance exceeds once in twenty", "%.4f"),
  P_VALUE(
      Group.SCORE,
      "p_value",
      "p",
      "How often two sets of one source would differ as much; permutation test",
      "%.3g"),
  P_VALUE_ASYMPTOTIC(
      Group.SCORE,
      "p_value_asymptotic",
      "asymptotic p",
      "The same by Press's formula, for large sets",
      "%.3g"),
  ENERGY_DISTANCE(
      Group.SCORE,
      "energy_distance",
      "energy distance",
      "Energy distance of (C, V), each by its standard deviation; lower is closer, and may be below"
          + " 0 by chance",
      "%.4f",
      "%.4f",
      Direction.LOWER_IS_BETTER),

  HUMAN_ERROR_RATE(
      Group.PEOPLE,
      "human_error_rate",
      "human error rate",
      "How often people took an image for real",
      "%.3f",
      "%.3f",
      Direction.HIGHER_IS_BETTER),

  MEAN_COMPLEXITY(
      Group.COMPLEXITY, "mean_complexity", "mean C", "Mean complexity, radians", "%.4f"),
  REFERENCE_MEAN_COMPLEXITY(
      Group.COMPLEXITY,
      "reference_mean_complexity",
      "C real",
      "Mean complexity of the reference, radians",
      "%.4f"),
  MEDIAN_COMPLEXITY(
      Group.COMPLEXITY,
      "median_complexity",
      "median C",
      "Complexity of the image in the middle, radians",
      "%.4f"),
  REFERENCE_MEDIAN_COMPLEXITY(
      Group.COMPLEXITY,
      "reference_median_complexity",
      "median C real",
      "Complexity of the reference's image in the middle, radians",
      "%.4f"),
  KS_COMPLEXITY(
      Group.COMPLEXITY,
      "ks_complexity",
      "KS of C",
      "One-dimensional statistic of complexity, 0 to 1; lower is closer",
      "%.4f",
      null,
      Direction.LOWER_IS_BETTER),
  KS_COMPLEXITY_P(Group.COMPLEXITY, "ks_complexity_p", "KS p of C", "Its p", "%.3g"),
  WELCH_T_COMPLEXITY(
      Group.COMPLEXITY, "welch_t_complexity", "t of C", "Welch's t of mean complexity", "%.3g"),
  WELCH_P_COMPLEXITY(Group.COMPLEXITY, "welch_p_complexity", "t p of C", "Its two-sided p", "%.3g"),
  WELCH_P_GREATER_COMPLEXITY(
      Group.COMPLEXITY,
      "welch_p_greater_complexity",
      "t p of C above",
      "Its p that the set's complexity is greater",
      "%.3g"),
  WELCH_P_LESS_COMPLEXITY(
      Group.COMPLEXITY,
      "welch_p_less_complexity",
      "t p of C below",
      "Its p that the set's complexity is less",
      "%.3g"),
  MANN_WHITNEY_U_COMPLEXITY(
      Group.COMPLEXITY,
      "mann_whitney_u_complexity",
      "U of C",
      "Mann and Whitney's U of complexity",
      "%.4g"),
  MANN_WHITNEY_P_COMPLEXITY(
      Group.COMPLEXITY, "mann_whitney_p_complexity", "U p of C", "Its two-sided p", "%.3g"),
  MANN_WHITNEY_P_GREATER_COMPLEXITY(
      Group.COMPLEXITY,
      "mann_whitney_p_greater_complexity",
      "U p of C above",
      "Its p that the set's complexity is greater",
      "%.3g"),
  MANN_WHITNEY_P_LESS_COMPLEXITY(
      Group.COMPLEXITY,
      "mann_whitney_p_less_complexity",
      "U p of C below",
      "Its p that the set's complexity is less",
      "%.3g"),
  REPEATABILITY_COMPLEXITY(
      Group.COMPLEXITY,
      "repeatability_complexity",
      "C repeatability",
      "Correlation of C of its images with that under another seed, at most 1 and below 0 by"
          + " chance; below 0.5 the order of single images is mostly chance",
      "%.2f"),
  REFERENCE_REPEATABILITY_COMPLEXITY(
      Group.COMPLEXITY,
      "reference_repeatability_complexity",
      "C repeatability real",
      "The same of the reference's images",
      "%.2f"),

  MEAN_VULNERABILITY(
      Group.VULNERABILITY, "mean_vulnerability", "mean V", "Mean vulnerability", "%.4g"),
  REFERENCE_MEAN_VULNERABILITY(
      Group.VULNERABILITY,
      "reference_mean_vulnerability",
      "V real",
      "Mean vulnerability of the reference",
      "%.4g"),
  MEDIAN_VULNERABILITY(
      Group.VULNERABILITY,
      "median_vulnerability",
      "median V",
      "Vulnerability of the image in the middle",
      "%.4g"),
  REFERENCE_MEDIAN_VULNERABILITY(
      Group.VULNERABILITY,
      "reference_median_vulnerability",
      "median V real",
      "Vulnerability of the reference's image in the middle",
      "%.4g"),
  KS_VULNERABILITY(
      Group.VULNERABILITY,
      "ks_vulnerability",
      "KS of V",
      "One-dimensional statistic of vulnerability, 0 to 1; lower is closer",
      "%.4f",
      null,
      Direction.LOWER_IS_BETTER),
  KS_VULNERABILITY_P(Group.VULNERABILITY, "ks_vulnerability_p", "KS p of V", "Its p", "%.3g"),
  WELCH_T_VULNERABILITY(
      Group.VULNERABILITY,
      "welch_t_vulnerability",
      "t of V",
      "Welch's t of mean vulnerability",
      "%.3g"),
  WELCH_P_VULNERABILITY(
      Group.VULNERABILITY, "welch_p_vulnerability", "t p of V", "Its two-sided p", "%.3g"),
  WELCH_P_GREATER_VULNERABILITY(
      Group.VULNERABILITY,
      "welch_p_greater_vulnerability",
      "t p of V above",
      "Its p that the set's vulnerability is greater",
      "%.3g"),
  WELCH_P_LESS_VULNERABILITY(
      Group.VULNERABILITY,
      "welch_p_less_vulnerability",
      "t p of V below",
      "Its p that the set's vulnerability is less",
      "%.3g"),
  MANN_WHITNEY_U_VULNERABILITY(
      Group.VULNERABILITY,
      "mann_whitney_u_vulnerability",
      "U of V",
      "Mann and Whitney's U of vulnerability",
      "%.4g"),
  MANN_WHITNEY_P_VULNERABILITY(
      Group.VULNERABILITY, "mann_whitney_p_vulnerability", "U p of V", "Its two-sided p", "%.3g"),
  MANN_WHITNEY_P_GREATER_VULNERABILITY(
      Group.VULNERABILITY,
      "mann_whitney_p_greater_vulnerability",
      "U p of V above",
      "Its p that the set's vulnerability is greater",
      "%.3g"),
  MANN_WHITNEY_P_LESS_VULNERABILITY(
      Group.VULNERABILITY,
      "mann_whitney_p_less_vulnerability",
      "U p of V below",
      "Its p that the set's vulnerability is less",
      "%.3g"),
  REPEATABILITY_VULNERABILITY(
      Group.VULNERABILITY,
      "repeatability_vulnerability",
      "V repeatability",
      "Correlation of V of its images with that under another seed, at most 1 and below 0 by"
          + " chance; below 0.5 the order of single images is mostly chance",
      "%.2f"),
  REFERENCE_REPEATABILITY_VULNERABILITY(
      Group.VULNERABILITY,
      "reference_repeatability_vulnerability",
      "V repeatability real",
      "The same of the reference's images",
      "%.2f"),

  // Which way AS-i goes depends on the feature model.
  MEAN_AS_I(Group.IMAGES, "mean_as_i", "mean AS-i", "Mean V / C of its images", "%.4g"),
  AS_I_Q05(
      Group.IMAGES, "as_i_q05", "AS-i 5 %", "V / C that 5 % of its images do not exceed", "%.4g"),
  AS_I_Q25(
      Group.IMAGES, "as_i_q25", "AS-i 25 %", "V / C that 25 % of its images do not exceed", "%.4g"),
  AS_I_MEDIAN(
      Group.IMAGES, "as_i_median", "median AS-i", "V / C of the image in the middle", "%.4g"),
  AS_I_Q75(
      Group.IMAGES, "as_i_q75", "AS-i 75 %", "V / C that 75 % of its images do not exceed", "%.4g"),
  AS_I_Q95(
      Group.IMAGES, "as_i_q95", "AS-i 95 %", "V / C that 95 % of its images do not exceed", "%.4g"),
  REFERENCE_AS_I_MEDIAN(
      Group.IMAGES,
      "reference_as_i_median",
      "AS-i real",
      "V / C of the reference's image in the middle",
      "%.4g"),
  // It rises with the size of the reference, which bounds the p-value of an image, and so has no
  // direction by which generators could be compared.
  FLAGGED(
      Group.IMAGES,
      "flagged",
      "flagged",
      "Share of its images that are flagged as unlike the reference's; none where the reference has"
          + " no scatter",
      "%.3f"),
  REPEATABILITY_AS_I(
      Group.IMAGES,
      "repeatability_as_i",
      "AS-i repeatability",
      "Correlation of AS-i of its images with that under another seed, at most 1 and below 0 by"
          + " chance; below 0.5 the order of single images is mostly chance",
      "%.2f"),
  REFERENCE_REPEATABILITY_AS_I(
      Group.IMAGES,
      "reference_repeatability_as_i",
      "AS-i repeatability real",
      "The same of the reference's images",
      "%.2f"),

  FRECHET_DISTANCE(
      Group.SET,
      "frechet_distance",
      "Fréchet",
      "Fréchet distance; lower is closer. Is FID if the model is Inception-v3",
      "%.4g",
      "%.2g",
      Direction.LOWER_IS_BETTER),
  KERNEL_DISTANCE(
      Group.SET,
      "kernel_distance",
      "kernel",
      "Kernel distance and, for sets of more than 1,000 images, its spread over subsets; lower is"
          + " closer. Is KID if the model is Inception-v3",
      "%.4g",
      "%.2g",
      Direction.LOWER_IS_BETTER),
  PRECISION(
      Group.SET,
      "precision",
      "precision",
      "Share of generated images within the reference's manifold",
      "%.3f",
      "%.3f",
      Direction.HIGHER_IS_BETTER),
  RECALL(
      Group.SET,
      "recall",
      "recall",
      "Share of the reference's images within the generated set's manifold",
      "%.3f",
      "%.3f",
      Direction.HIGHER_IS_BETTER),
  DENSITY(
      Group.SET,
      "density",
      "density",
      "How many of the reference's balls hold a generated image, over 5; 1 for equal sets",
      "%.3f",
      "%.3f",
      Direction.HIGHER_IS_BETTER),
  COVERAGE(
      Group.SET,
      "coverage",
      "coverage",
      "Share of the reference's images with a generated image in their ball",
      "%.3f",
      "%.3f",
      Direction.HIGHER_IS_BETTER),
  FRECHET_DISTANCE_INFINITY(
      Group.SET,
      "frechet_distance_infinity",
      "Fréchet at infinity",
      "Fréchet distance that infinitely many images would have, by a line over 1/n; for sets of"
          + " several times more images than dimensions; lower is closer, may be below 0 by chance",
      "%.4g",
      "%.2g",
      Direction.LOWER_IS_BETTER),
  GAUSSIAN_DISTANCE(
      Group.SET,
      "gaussian_distance",
      "Gaussian MMD",
      "Unbiased squared maximum mean discrepancy under a Gaussian kernel, times 1,000; lower is"
          + " closer, and may be below 0 by chance. Is CMMD if the model is CLIP",
      "%.4g",
      "%.2g",
      Direction.LOWER_IS_BETTER),
  SLICED_WASSERSTEIN(
      Group.SET,
      "sliced_wasserstein",
      "sliced Wasserstein",
      "Mean squared Wasserstein distance along random directions, times the dimension; lower is"
          + " closer, and small sets lie further apart",
      "%.4g",
      "%.2g",
      Direction.LOWER_IS_BETTER),
  VENDI_SCORE(
      Group.SET,
      "vendi_score",
      "Vendi",
      "Effective number of different images, by the entropy of the features' eigenvalues; rises"
          + " with the number of images, compare with the reference's",
      "%.4g",
      "%.2g",
      Direction.HIGHER_IS_BETTER),
  REFERENCE_VENDI_SCORE(
      Group.SET,
      "reference_vendi_score",
      "Vendi real",
      "The same of the reference",
      "%.4g",
      "%.2g",
      Direction.NEITHER),
  RKE(
      Group.SET,
      "rke",
      "RKE",
      "The same by the entropy of order 2, which counts frequent kinds of images more",
      "%.4g",
      "%.2g",
      Direction.HIGHER_IS_BETTER),
  REFERENCE_RKE(
      Group.SET,
      "reference_rke",
      "RKE real",
      "The same of the reference",
      "%.4g",
      "%.2g",
      Direction.NEITHER),

  INCEPTION_SCORE(
      Group.OUTPUT,
      "inception_score",
      "Inception Score",
      "How sure the network is of each image's class while the set has many classes, mean of 10"
          + " parts; rises with the number of images, compare with the reference's. Is IS if the"
          + " model is the Inception-v3 of TensorFlow",
      "%.4g",
      "%.2g",
      Direction.HIGHER_IS_BETTER),
  REFERENCE_INCEPTION_SCORE(
      Group.OUTPUT,
      "reference_inception_score",
      "Inception Score real",
      "The same of the reference",
      "%.4g",
      "%.2g",
      Direction.NEITHER),
  SPATIAL_FRECHET_DISTANCE(
      Group.OUTPUT,
      "spatial_frechet_distance",
      "spatial Fréchet",
      "Fréchet distance of a spatial layer, which sees where things are; lower is closer. Is sFID"
          + " if the model is the Inception-v3 of TensorFlow",
      "%.4g",
      "%.2g",
      Direction.LOWER_IS_BETTER),

  // A poor generator copies nothing either, so that these have no direction.
  AUTHENTICITY(
      Group.TRAINING,
      "authenticity",
      "authenticity",
      "Share of generated images further from their nearest training image than that is from its"
          + " nearest other; compare with the reference's",
      "%.3f",
      "%.3f",
      Direction.NEITHER),
  REFERENCE_AUTHENTICITY(
      Group.TRAINING,
      "reference_authenticity",
      "authenticity real",
      "The same of the reference",
      "%.3f",
      "%.3f",
      Direction.NEITHER),
  CT_SCORE(
      Group.TRAINING,
      "ct_score",
      "CT",
      "How many standard deviations further from the training set than the reference's images; far"
          + " below 0 is copying, far above 0 is unlike it",
      "%.2f",
      "%.2f",
      Direction.NEITHER),

  COMPLEXITY_FLOOR(
      Group.SWEEP,
      "complexity_floor",
      "floor",
      "Median; about 0.01 where a step is above rounding",
      "%.4f"),
  SEED_SD_COMPLEXITY(
      Group.SWEEP,
      "seed_sd_complexity",
      "seed C",
      "Relative standard deviation over seeds",
      "%.3f"),
  SEED_SD_VULNERABILITY(
      Group.SWEEP,
      "seed_sd_vulnerability",
      "seed V",
      "Relative standard deviation over seeds",
      "%.3f"),
  SEED_SD_AS_I(
      Group.SWEEP, "seed_sd_as_i", "seed AS-i", "Relative standard deviation over seeds", "%.3f");

  /** What a statistic is of. */
  public enum Group {
    /** The Anomaly Score and what it is read by. */
    SCORE,
    /** People's judgement, from a benchmark's manifest. */
    PEOPLE,
    /** Complexity alone. */
    COMPLEXITY,
    /** Vulnerability alone. */
    VULNERABILITY,
    /** AS-i of single images. */
    IMAGES,
    /** The features of both sets: the set measures. */
    SET,
    /** Further outputs of the network: logits and a spatial layer. */
    OUTPUT,
    /** The features of a training set too. */
    TRAINING,
    /** Columns of {@code sweeps} only; all others are columns of {@code evaluations}. */
    SWEEP
  }

  /** Which values speak for a generated set. */
  public enum Direction {
    HIGHER_IS_BETTER,
    LOWER_IS_BETTER,
    NEITHER
  }

  private static final String ERROR = "_std_err";

  private final Group group;
  private final String column;
  private final String title;
  private final String meaning;
  private final String format;
  private final String errorFormat;
  private final Direction direction;

  Statistic(Group group, String column, String title, String meaning, String format) {
    this(group, column, title, meaning, format, null, Direction.NEITHER);
  }

  Statistic(
      Group group,
      String column,
      String title,
      String meaning,
      String format,
      String errorFormat,
      Direction direction) {
    this.group = group;
    this.column = column;
    this.title = title;
    this.meaning = meaning;
    this.format = format;
    this.errorFormat = errorFormat;
    this.direction = direction;
  }

  /** All of a group, in the order in which they are shown. */
  public static List<Statistic> of(Group group) {
    return Arrays.stream(values()).filter(statistic -> statistic.group == group).toList();
  }

  /**
   * Those that a good generated set has high or low, so that people's judgement can be set beside.
   */
  public static List<Statistic> comparedWithPeople() {
    return Arrays.stream(values())
        .filter(s -> s.group != Group.PEOPLE && s.direction != Direction.NEITHER)
        .toList();
  }

  /** The column of the table. */
  public String column() {
    return column;
  }

  /** The column of its standard error. */
  public String errorColumn() {
    if (!hasError()) {
      throw new IllegalStateException(column + " has no standard error");
    }
    return column + ERROR;
  }

  /** Whether a column of its standard error stands beside it. */
  public boolean hasError() {
    return errorFormat != null;
  }

  /** The head of a column, short and without a capital letter that it would not have in a text. */
  public String title() {
    return title;
  }

  /** One line on what it is. */
  public String meaning() {
    return meaning;
  }

  public Direction direction() {
    return direction;
  }

  /** A number as it is printed. */
  public String text(double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** A standard error as it is printed. */
  public String errorText(double error) {
    return String.format(Locale.ROOT, errorFormat, error);
  }
}
