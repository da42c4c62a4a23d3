package org.anomalyscore.stats;

import java.io.Serializable;
import java.util.Arrays;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.commons.rng.LongJumpableUniformRandomProvider;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Random replicates of a comparison of two samples of points, each of which has a number and
 * depends on nothing but that number and the seed. So any part of them can be computed anywhere:
 * this is serializable, at about 8 bytes a pooled point.
 *
 * <p>A permutation draws points of the pool without replacement and labels them anew; a resample
 * draws points of each sample with replacement. Either draws as many as there are, or fewer, when
 * its cost depends on how many it draws and hardly on how many there are.
 */
public final class Replicates implements Serializable {

  private static final long serialVersionUID = 1;

  /** What a replicate is. */
  public enum Kind {
    /** The labels of pooled points are permuted, as under the null hypothesis. */
    PERMUTATION(0),
    /** Each sample's points are drawn with replacement: a bootstrap resample. */
    RESAMPLE(1);

    /** Which part of the generator's sequence it draws from. */
    private final int stream;

    Kind(int stream) {
      this.stream = stream;
    }
  }

  /** Who computes replicates. */
  @FunctionalInterface
  public interface Runner {
    /** 2 n m D of the replicates {@code from} (inclusive) to {@code to} (exclusive), in order. */
    long[] run(Replicates replicates, int from, int to);
  }

  private final QuadrantRanks ranks;
  private final Kind kind;
  private final long seed;
  private final int n;
  private final int m;

  /**
   * Describes replicates; none is computed yet.
   *
   * @param n points that a replicate draws for the first sample, 1 to as many as it has
   * @param m the same of the second sample
   */
  Replicates(QuadrantRanks ranks, Kind kind, long seed, int n, int m) {
    this.ranks = ranks;
    this.kind = kind;
    this.seed = seed;
    this.n = n;
    this.m = m;
  }

  /** Points of both samples that a replicate draws. */
  public int drawn() {
    return n + m;
  }

  /** Points that there are. */
  public int points() {
    return ranks.size();
  }

  /** On the common pool's threads. */
  public static Runner here() {
    return here(new LongAdder());
  }

  /**
   * The same.
   *
   * @param done counts the replicates that are computed
   */
  public static Runner here(LongAdder done) {
    return (replicates, first, end) -> {
      int count = end - first;
      long[] scaled = new long[count];
      // A few tasks a thread: each has its own workspace, and none waits long for the last.
      int tasks = Math.min(count, 4 * ForkJoinPool.getCommonPoolParallelism() + 4);
      IntStream.range(0, tasks)
          .parallel()
          .forEach(
              task -> {
                int from = (int) ((long) count * task / tasks);
                int to = (int) ((long) count * (task + 1) / tasks);
                replicates.compute(first + from, first + to, scaled, from, done);
              });
      return scaled;
    };
  }

  /** 2 n m D of the replicates of these numbers, one after the other. */
  public long[] compute(int from, int to) {
    long[] scaled = new long[to - from];
    compute(from, to, scaled, 0, new LongAdder());
    return scaled;
  }

  private void compute(int from, int to, long[] scaled, int at, LongAdder done) {
    boolean all = n == ranks.n() && m == ranks.m();
    QuadrantRanks.Workspace workspace = all ? ranks.newWorkspace() : null;
    Subsample subsample = all ? null : new Subsample(ranks, n, m);
    UniformRandomProvider[] generators = generators(from, to);
    for (int b = from; b < to; b++) {
      UniformRandomProvider random = generators[b - from];
      if (all) {
        if (kind == Kind.PERMUTATION) {
          drawLabels(random, workspace.weights);
        } else {
          drawWithReplacement(random, workspace.weights);
        }
        scaled[at + b - from] = ranks.scaledStatistic(workspace);
      } else {
        if (kind == Kind.PERMUTATION) {
          subsample.drawPooled(random);
        } else {
          subsample.drawWithReplacement(random);
        }
        scaled[at + b - from] = subsample.scaledStatistic();
      }
      done.increment();
    }
  }

  /** Gives every pooled point to a sample; every labelling with n and m points is as likely. */
  private void drawLabels(UniformRandomProvider random, int[] weights) {
    int wanted = n;
    for (int p = 0; p < weights.length; p++) {
      // Knuth, The Art of Computer Programming, volume 2, section 3.4.2, algorithm S.
      if (random.nextInt(weights.length - p) < wanted) {
        weights[p] = QuadrantRanks.FIRST;
        wanted--;
      } else {
        weights[p] = QuadrantRanks.SECOND;
      }
    }
  }

  private void drawWithReplacement(UniformRandomProvider random, int[] weights) {
    Arrays.fill(weights, 0);
    for (int i = 0; i < n; i++) {
      weights[ranks.firstPosition(random.nextInt(n))] += QuadrantRanks.FIRST;
    }
    for (int i = 0; i < m; i++) {
      weights[ranks.secondPosition(random.nextInt(m))] += QuadrantRanks.SECOND;
    }
  }

  /**
   * A generator a replicate, 2^64 numbers apart in one sequence, so that a replicate does not
   * depend on the thread or the order in which it runs. Kinds are 2^96 numbers apart.
   */
  private UniformRandomProvider[] generators(int from, int to) {
    LongJumpableUniformRandomProvider source =
        (LongJumpableUniformRandomProvider) RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    return source
        .longJumps(kind.stream + 1L)
        .skip(kind.stream)
        .flatMap(stream -> stream.jumps(to))
        .skip(from)
        .toArray(UniformRandomProvider[]::new);
  }
}
