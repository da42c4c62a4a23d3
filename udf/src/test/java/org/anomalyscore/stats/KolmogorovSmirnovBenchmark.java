package org.anomalyscore.stats;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Times the two-dimensional statistic at growing sizes beside one sort of the same data, the
 * permutation test on one core and on all, and the O(n^2) loop of ndtest in Python.
 *
 * <p>{@code ./mvnw -pl udf -Pbenchmark clean test-compile exec:exec [-Dpython=python3
 * -Dndtest=ndtest.py]}; without a copy of ndtest.py the ratio is left out. Each size runs in a JVM
 * of its own with a heap of 1 GB, the points in it; the collector is one that moves arrays of any
 * length, as G1 does not, and needs no second core.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 5)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx1g", "-Xmn32m", "-XX:+UseSerialGC"})
public class KolmogorovSmirnovBenchmark {

  private static final int NDTEST_POINTS = 50_000;

  /** Points of each sample. */
  @Param("10000")
  public int points;

  private Oracle.Points data;
  private KolmogorovSmirnov2D test;

  /** Draws the samples. */
  @Setup
  public void draw() {
    data = Oracle.points("correlated", points, points, 2);
    test = points > 10_000 ? null : data.test();
  }

  /** D from unsorted points: ranks and dominance counts. */
  @Benchmark
  public double statistic() {
    return data.test().statistic();
  }

  /** The least that a rank statistic costs: one coordinate of all points, sorted. */
  @Benchmark
  public double[] sort() {
    double[] pooled = Arrays.copyOf(data.x1, data.x1.length + data.x2.length);
    System.arraycopy(data.x2, 0, pooled, data.x1.length, data.x2.length);
    Arrays.sort(pooled);
    return pooled;
  }

  /** 1000 permutations. */
  @Benchmark
  public double permutations() {
    return test.permute(1000, 0).pValue();
  }

  public static void main(String[] arguments)
      throws IOException, InterruptedException, RunnerException {
    for (RunResult result :
        run(options("statistic|sort", "10000", "100000", "1000000", "10000000"))) {
      print(result, "");
    }
    for (int cores : new int[] {1, Runtime.getRuntime().availableProcessors()}) {
      // The common pool's threads, and the caller's.
      String parallelism = "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + (cores - 1);
      for (RunResult result :
          run(options("permutations", "10000").jvmArgsAppend("-Xmx1g", parallelism))) {
        print(result, ", cores: " + cores);
      }
    }
    compareWithPython();
  }

  private static ChainedOptionsBuilder options(String methods, String... sizes) {
    return new OptionsBuilder()
        .include(KolmogorovSmirnovBenchmark.class.getName() + "\\.(" + methods + ")$")
        .param("points", sizes);
  }

  private static List<RunResult> run(ChainedOptionsBuilder builder) throws RunnerException {
    Options options = builder.timeout(TimeValue.minutes(10)).shouldFailOnError(true).build();
    return List.copyOf(new Runner(options).run());
  }

  private static void print(RunResult result, String more) {
    System.out.printf(
        Locale.ROOT,
        "# %s, %s against as many%s: median %.4f s, %.4f to %.4f s%n",
        result.getPrimaryResult().getLabel(),
        result.getParams().getParam("points"),
        more,
        result.getPrimaryResult().getStatistics().getPercentile(50),
        result.getPrimaryResult().getStatistics().getMin(),
        result.getPrimaryResult().getStatistics().getMax());
  }

  private static void compareWithPython() throws IOException, InterruptedException {
    String ndtest = System.getProperty("ndtest", "");
    if (ndtest.isEmpty()) {
      System.out.println("No -Dndtest=ndtest.py: the ratio to it is left out.");
      return;
    }
    Oracle.Points data = Oracle.points("correlated", NDTEST_POINTS, NDTEST_POINTS, 2);
    double d = 0;
    double[] seconds = new double[21];
    for (int i = 0; i < seconds.length; i++) {
      long begin = System.nanoTime();
      d = data.test().statistic();
      seconds[i] = (System.nanoTime() - begin) / 1e9;
    }
    Arrays.sort(seconds);
    double ours = seconds[seconds.length / 2];
    String n = Integer.toString(NDTEST_POINTS);
    Process process =
        new ProcessBuilder(
                System.getProperty("python"),
                "src/test/python/time_ndtest.py",
                ndtest,
                "correlated",
                n,
                n,
                "2")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("python ended with " + process.exitValue());
    }
    String[] fields = output.strip().split(" ", -1);
    double theirs = Double.parseDouble(fields[0]);
    System.out.printf(
        Locale.ROOT,
        "# %s against as many: ours %.4f s (median of %d), ndtest %.2f s, ratio %.0f; D differs by"
            + " %.1e%n",
        n,
        ours,
        seconds.length,
        theirs,
        theirs / ours,
        Math.abs(d - Double.parseDouble(fields[1])));
  }
}
