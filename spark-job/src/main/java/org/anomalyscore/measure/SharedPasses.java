package org.anomalyscore.measure;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The passes of one batch through the network under one seed and draw, each made once for all
 * parameters that need it: M(x); features at one length of one noise, so that a path of K steps
 * holds all shorter ones, and another eps that meets one of its points; the attack of one step and
 * start, whose J steps hold all shorter attacks.
 */
final class SharedPasses {

  /** The floor diagnostic looks at this part of a noise step. */
  private static final double NEARBY = 0.01;

  /** Attacks whose paths are one as far as the shorter of them goes. */
  private record Attack(double step, double start, double ball, boolean ascends) {
    static Attack of(ScoreParameters p) {
      return new Attack(p.attackStep(), p.attackStart(), p.attackBall(), p.ascends());
    }
  }

  private final ImageBatch batch;
  private final long seed;
  private final int draw;
  private final Map<Double, double[][]> noisy = new HashMap<>();
  private final Map<Attack, Map<Integer, double[][]>> attacked = new HashMap<>();

  private SharedPasses(ImageBatch batch, long seed, int draw) {
    this.batch = batch;
    this.seed = seed;
    this.draw = draw;
  }

  /** One measurement an image under each of the parameters, averaged over their draws. */
  static Map<ScoreParameters, List<Measurement>> of(
      ImageBatch batch, List<ScoreParameters> settings) {
    Map<ScoreParameters, Draws> drawn = new LinkedHashMap<>();
    settings.forEach(p -> drawn.put(p, new Draws(new ArrayList<>(), new ArrayList<>())));
    Map<Long, List<ScoreParameters>> bySeed =
        drawn.keySet().stream()
            .collect(
                Collectors.groupingBy(
                    ScoreParameters::seed, LinkedHashMap::new, Collectors.toList()));
    bySeed.forEach(
        (seed, ofSeed) -> {
          for (int draw = 0; draw < most(ofSeed); draw++) {
            new SharedPasses(batch, seed, draw).measure(ofSeed, drawn);
          }
        });
    Map<ScoreParameters, List<Measurement>> means = new LinkedHashMap<>();
    drawn.forEach((p, draws) -> means.put(p, draws.means(batch)));
    return means;
  }

  private static int most(List<ScoreParameters> settings) {
    return settings.stream()
        .mapToInt(p -> Math.max(p.noiseDraws(), p.attackDraws()))
        .max()
        .orElseThrow();
  }

  /**
   * What is kept of the draws of one setting; their features are not.
   *
   * @param walks [draw][image]
   * @param attacks V, [draw][image]
   */
  private record Draws(List<List<Walk>> walks, List<double[]> attacks) {

    List<Measurement> means(ImageBatch batch) {
      return IntStream.range(0, batch.images())
          .mapToObj(
              b ->
                  Measurement.of(
                      batch.outputs().get(b),
                      walks.stream().map(draw -> draw.get(b)).toList(),
                      attacks.stream().mapToDouble(draw -> draw[b]).toArray()))
          .toList();
    }
  }

  private void measure(List<ScoreParameters> settings, Map<ScoreParameters, Draws> drawn) {
    List<ScoreParameters> walking = settings.stream().filter(p -> p.noiseDraws() > draw).toList();
    List<ScoreParameters> attacking =
        settings.stream().filter(p -> p.attackDraws() > draw).toList();
    if (!walking.isEmpty()) {
      walk(walking);
      walking.forEach(p -> drawn.get(p).walks().add(walks(p)));
    }
    if (!attacking.isEmpty()) {
      attack(attacking);
      attacking.forEach(p -> drawn.get(p).attacks().add(distances(p)));
    }
  }

  private List<Walk> walks(ScoreParameters p) {
    double[][] nearby = looksAtFloor() ? noisy.get(length(p, NEARBY)) : null;
    return IntStream.range(0, batch.images())
        .mapToObj(
            b -> {
              double[][] path = new double[p.noiseSteps() + 1][];
              for (int k = 0; k < path.length; k++) {
                path[k] = noisy.get(length(p, k))[b];
              }
              return Walk.of(path, nearby == null ? null : nearby[b]);
            })
        .toList();
  }

  private double[] distances(ScoreParameters p) {
    double[][] moved = attacked.get(Attack.of(p)).get(p.attackSteps());
    return IntStream.range(0, batch.images())
        .mapToDouble(b -> FeaturePath.distance(batch.clean()[b], moved[b]))
        .toArray();
  }

  /** The floor is the median of many images, which more draws of each would not move. */
  private boolean looksAtFloor() {
    return draw == 0;
  }

  /** Features by the length of the noise, rounded as the network gets it. */
  private void walk(List<ScoreParameters> settings) {
    noisy.put(0.0, batch.clean());
    try (NDArray n = batch.noise(NoiseStream.Purpose.COMPLEXITY_NOISE, seed, draw)) {
      for (ScoreParameters p : settings) {
        for (int k = 1; k <= p.noiseSteps(); k++) {
          noisy.computeIfAbsent(length(p, k), length -> batch.featuresAt(n, length));
        }
        if (looksAtFloor()) {
          noisy.computeIfAbsent(length(p, NEARBY), length -> batch.featuresAt(n, length));
        }
      }
    }
  }

  private double length(ScoreParameters p, double steps) {
    return batch.precision().number(steps * p.noiseStep()).doubleValue();
  }

  /** Features by attack and number of steps. */
  private void attack(List<ScoreParameters> settings) {
    Map<Attack, Set<Integer>> wanted = new LinkedHashMap<>();
    Map<Attack, ScoreParameters> parameters = new HashMap<>();
    for (ScoreParameters p : settings) {
      wanted.computeIfAbsent(Attack.of(p), a -> new HashSet<>()).add(p.attackSteps());
      parameters.put(Attack.of(p), p);
    }
    try (NDArray u = batch.noise(NoiseStream.Purpose.ATTACK_START, seed, draw)) {
      wanted.forEach(
          (a, after) -> attacked.put(a, batch.attack(u, null, parameters.get(a), after)));
    }
  }
}
