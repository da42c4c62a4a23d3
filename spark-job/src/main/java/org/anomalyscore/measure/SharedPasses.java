package org.anomalyscore.measure;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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
    Map<ScoreParameters, List<List<Measurement>>> draws = new LinkedHashMap<>();
    settings.forEach(p -> draws.put(p, new ArrayList<>()));
    Map<Long, Set<ScoreParameters>> bySeed =
        settings.stream()
            .collect(
                Collectors.groupingBy(
                    ScoreParameters::seed,
                    LinkedHashMap::new,
                    Collectors.toCollection(LinkedHashSet::new)));
    bySeed.forEach(
        (seed, ofSeed) -> {
          int most = ofSeed.stream().mapToInt(ScoreParameters::draws).max().orElseThrow();
          for (int draw = 0; draw < most; draw++) {
            int now = draw;
            SharedPasses passes = new SharedPasses(batch, seed, draw);
            passes
                .measure(ofSeed.stream().filter(p -> p.draws() > now).toList())
                .forEach((p, measured) -> draws.get(p).add(measured));
          }
        });
    Map<ScoreParameters, List<Measurement>> means = new LinkedHashMap<>();
    draws.forEach((p, ofDraws) -> means.put(p, mean(ofDraws)));
    return means;
  }

  private static List<Measurement> mean(List<List<Measurement>> draws) {
    List<Measurement> means = new ArrayList<>();
    for (int b = 0; b < draws.get(0).size(); b++) {
      int image = b;
      means.add(Measurement.mean(draws.stream().map(draw -> draw.get(image)).toList()));
    }
    return means;
  }

  private Map<ScoreParameters, List<Measurement>> measure(List<ScoreParameters> settings) {
    walk(settings);
    attack(settings);
    Map<ScoreParameters, List<Measurement>> measured = new LinkedHashMap<>();
    for (ScoreParameters p : settings) {
      // [k][b]: features of image b after k noise steps.
      double[][][] path = new double[p.noiseSteps() + 1][][];
      for (int k = 0; k < path.length; k++) {
        path[k] = noisy.get(length(p, k));
      }
      measured.put(
          p,
          batch.measurements(
              path, noisy.get(length(p, NEARBY)), attacked.get(Attack.of(p)).get(p.attackSteps())));
    }
    return measured;
  }

  /** Features by the length of the noise, rounded as the network gets it. */
  private void walk(List<ScoreParameters> settings) {
    noisy.put(0.0, batch.clean());
    try (NDArray n = batch.noise(NoiseStream.Purpose.COMPLEXITY_NOISE, seed, draw)) {
      for (ScoreParameters p : settings) {
        for (int k = 1; k <= p.noiseSteps(); k++) {
          noisy.computeIfAbsent(length(p, k), length -> batch.featuresAt(n, length));
        }
        noisy.computeIfAbsent(length(p, NEARBY), length -> batch.featuresAt(n, length));
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
