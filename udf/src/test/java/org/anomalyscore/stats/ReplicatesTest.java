package org.anomalyscore.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.anomalyscore.stats.Replicates.Kind;
import org.apache.commons.rng.JumpableUniformRandomProvider;
import org.apache.commons.rng.LongJumpableUniformRandomProvider;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;
import org.junit.jupiter.api.Test;

final class ReplicatesTest {
  private static final int N = 300;
  private static final int M = 170;

  private final double[] x1 = new double[N];
  private final double[] y1 = new double[N];
  private final double[] x2 = new double[M];
  private final double[] y2 = new double[M];

  /** Points on a grid of some values a side; without ties where there are many. */
  private QuadrantRanks ranks(int values) {
    UniformRandomProvider random = Oracle.stream(values);
    for (double[] column : new double[][] {x1, y1, x2, y2}) {
      Arrays.setAll(column, i -> random.nextInt(values) * (column == y2 ? 0.9 : 1));
    }
    return new QuadrantRanks(x1, y1, x2, y2);
  }

  private double x(int point) {
    return point < N ? x1[point] : x2[point - N];
  }

  private double y(int point) {
    return point < N ? y1[point] : y2[point - N];
  }

  private static UniformRandomProvider generator(Kind kind, long seed, int number) {
    LongJumpableUniformRandomProvider source =
        (LongJumpableUniformRandomProvider) RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
    if (kind == Kind.RESAMPLE) {
      source.longJump();
    }
    JumpableUniformRandomProvider stream = source.longJump();
    for (int i = 0; i < number; i++) {
      stream.jump();
    }
    return stream;
  }

  /** D of the points that a replicate draws, drawn and compared apart. */
  private double drawnAndCompared(Kind kind, long seed, int number, int n, int m) {
    UniformRandomProvider random = generator(kind, seed, number);
    int[] pooled =
        IntStream.range(0, N + M)
            .boxed()
            .sorted(Comparator.comparingDouble(this::x))
            .mapToInt(Integer::intValue)
            .toArray();
    int[] points = new int[n + m];
    Set<Integer> taken = new HashSet<>();
    for (int i = 0; i < points.length; i++) {
      if (kind == Kind.RESAMPLE) {
        points[i] = i < n ? random.nextInt(N) : N + random.nextInt(M);
      } else {
        do {
          points[i] = pooled[random.nextInt(N + M)];
        } while (!taken.add(points[i]));
      }
    }
    double[] xs = Arrays.stream(points).mapToDouble(this::x).toArray();
    double[] ys = Arrays.stream(points).mapToDouble(this::y).toArray();
    return KolmogorovSmirnov2D.of(
            Arrays.copyOf(xs, n),
            Arrays.copyOf(ys, n),
            Arrays.copyOfRange(xs, n, n + m),
            Arrays.copyOfRange(ys, n, n + m))
        .statistic();
  }

  @Test
  void aPartHasTheStatisticOfItsPoints() {
    for (int values : new int[] {4, 30, 1_000_000}) {
      QuadrantRanks ranks = ranks(values);
      for (Kind kind : Kind.values()) {
        for (int[] sizes : new int[][] {{1, 1}, {20, 30}, {100, 169}, {299, 1}, {290, 169}}) {
          int n = sizes[0];
          int m = sizes[1];
          long[] scaled = new Replicates(ranks, kind, 7, n, m).compute(0, 6);
          for (int b = 0; b < scaled.length; b++) {
            assertEquals(
                drawnAndCompared(kind, 7, b, n, m),
                QuadrantRanks.unscaled(scaled[b], n, m),
                kind + " " + b + " of " + n + " and " + m + " among " + values);
          }
        }
      }
    }
  }

  @Test
  void anyPartOfTheReplicatesHasTheSameBits() {
    QuadrantRanks ranks = ranks(30);
    for (Kind kind : Kind.values()) {
      for (int part : new int[] {50, N}) {
        Replicates replicates = new Replicates(ranks, kind, 3, part, Math.min(part, M));
        long[] all = Replicates.here().run(replicates, 0, 23);
        for (int tasks : new int[] {1, 2, 4, 23}) {
          long[] parts =
              IntStream.range(0, tasks)
                  .mapToObj(t -> replicates.compute(23 * t / tasks, 23 * (t + 1) / tasks))
                  .flatMapToLong(Arrays::stream)
                  .toArray();
          assertArrayEquals(all, parts, kind + " in " + tasks + " tasks");
        }
        assertArrayEquals(
            Arrays.copyOfRange(all, 5, 23), Replicates.here().run(replicates, 5, 23), "" + kind);
      }
    }
  }

  /** A pool of one distribution: the level of chance of a part is that of all, by the rate. */
  @Test
  void ofAPartTheLevelOfChanceIsThatOfAll() {
    Oracle.Points data = Oracle.points("correlated", 4000, 3000, 2);
    KolmogorovSmirnov2D test = data.test();
    var all = test.permute(400, 1);
    var part = test.permute(400, 400, 1, 500, Replicates.here());
    assertEquals(1, part.nullMean() / all.nullMean(), 0.05);
    assertEquals(1, part.nullQuantile95() / all.nullQuantile95(), 0.07);
    assertEquals(all, test.permute(400, 1, 4000, Replicates.here()));
    assertArrayEquals(test.resample(50, 1), test.resample(50, 1, 4000, Replicates.here()));
    assertEquals(1, test.rate(4000));
    assertEquals(Math.sqrt(500 / 4000.0), test.rate(500), 1e-12);
  }

  /** Counts the calls and permutations that a test makes. */
  private static KolmogorovSmirnov2D.PermutationTest permute(
      KolmogorovSmirnov2D test, int permutations, int mostPoints, List<Integer> calls) {
    return test.permute(
        permutations,
        1,
        mostPoints,
        (replicates, from, to) -> {
          calls.add(to - from);
          return Replicates.here().run(replicates, from, to);
        });
  }

  /** One test ends after its first look; the others are those of all permutations. */
  @Test
  void aTestOfPartsEndsWherePIsPlainlyLarge() {
    UniformRandomProvider random = Oracle.stream(3);
    double[][] points = BootstrapCoverage.normal(random, 4000, 0);
    KolmogorovSmirnov2D same =
        BootstrapCoverage.test(points, BootstrapCoverage.normal(random, 3000, 0));
    List<Integer> calls = new ArrayList<>();
    var ended = permute(same, 1000, 500, calls);
    assertEquals(List.of(199), calls);
    assertEquals(199, ended.permutations());
    assertEquals(same.permute(199, 199, 1, 500, Replicates.here()), ended);
    assertTrue(ended.pValue() > 0.1, "" + ended);

    calls.clear();
    assertEquals(same.permute(400, 1), permute(same, 400, 4000, calls), "exactly so many of all");
    assertEquals(List.of(400), calls);
    calls.clear();
    assertEquals(100, permute(same, 100, 500, calls).permutations());
    assertEquals(List.of(100), calls);

    KolmogorovSmirnov2D other =
        BootstrapCoverage.test(points, BootstrapCoverage.normal(random, 3000, 0.5));
    calls.clear();
    var went = permute(other, 1000, 500, calls);
    assertEquals(List.of(199, 801), calls);
    assertEquals(other.permute(1000, 1000, 1, 500, Replicates.here()), went);
    assertEquals(1 / 1001.0, went.pValue());
  }

  /** The whole of a small sample is drawn beside a part of a large one. */
  @Test
  void aSmallSampleIsDrawnWhole() {
    Oracle.Points data = Oracle.points("correlated", 5000, 40, 2);
    assertEquals(
        Math.sqrt((1 / 5000.0 + 1 / 40.0) / (1 / 1000.0 + 1 / 40.0)),
        data.test().rate(1000),
        1e-12);
  }
}
