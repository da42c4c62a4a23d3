package org.anomalyscore.sweep;

import java.io.Serializable;
import java.util.List;
import org.anomalyscore.measure.Parameter;
import org.anomalyscore.measure.ScoreParameters;
import org.anomalyscore.storage.UserException;

/**
 * The runs of a sweep: each setting under each seed. A setting is the profile with one parameter at
 * another value, or at the profile's own, as in Appendix B of the paper (arXiv 2312.10634).
 *
 * @param profile what the parameters that are not varied stay at; its seed and draws do not count
 * @param settings at least 1, of different parameter or value
 * @param seeds at least 1, all different
 */
public record SweepPlan(ScoreParameters profile, List<Setting> settings, List<Long> seeds)
    implements Serializable {

  /**
   * One parameter's value.
   *
   * @param value a whole number for the two numbers of steps
   */
  public record Setting(Parameter parameter, double value) implements Serializable {

    private ScoreParameters in(ScoreParameters p, long seed) {
      return p.with(parameter, value).with(Parameter.SEED, seed).withDraws(1);
    }
  }

  /**
   * Checks the values.
   *
   * @throws UserException if a value has no meaning, or is named twice
   */
  public SweepPlan {
    settings = List.copyOf(settings);
    seeds = List.copyOf(seeds);
    if (seeds.stream().distinct().count() < seeds.size()) {
      throw new UserException("--seeds is " + seeds + ". Name each seed once.");
    }
    if (seeds.isEmpty() || settings.isEmpty()) {
      throw new IllegalArgumentException("A sweep needs a setting and a seed");
    }
    if (settings.stream().distinct().count() < settings.size()) {
      throw new IllegalArgumentException("A setting is there twice in " + settings);
    }
    for (Setting setting : settings) {
      ScoreParameters unused = setting.in(profile, 0);
    }
  }

  /** Runs are numbered setting by setting, seeds within. */
  public int runs() {
    return settings.size() * seeds.size();
  }

  /** All that a {@code score} run of the same numbers would be given. */
  public ScoreParameters parameters(int run) {
    return settings.get(run / seeds.size()).in(profile, seeds.get(run % seeds.size()));
  }

  /**
   * Passes of an image through the network if each run scored it on its own. The profile's own
   * values, which stand among the settings of each parameter, count once a seed.
   */
  public long naivePasses() {
    return java.util.stream.IntStream.range(0, runs())
        .mapToObj(this::parameters)
        .distinct()
        .mapToLong(ScoreParameters::passes)
        .sum();
  }
}
