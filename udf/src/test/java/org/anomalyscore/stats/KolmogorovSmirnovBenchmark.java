package org.anomalyscore.stats;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Prints seconds and peak heap of the two-dimensional statistic at growing sizes, the seconds of
 * 1000 permutations, and the ratio to the O(n^2) loop of ndtest in Python.
 *
 * <p>{@code ./mvnw -pl udf -am test-compile && ./mvnw -pl udf -Pbenchmark exec:exec
 * [-Dpython=python3 -Dndtest=ndtest.py]}; without a copy of ndtest.py the ratio is left out.
 */
final class KolmogorovSmirnovBenchmark {
  private KolmogorovSmirnovBenchmark() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    Oracle.Points data20 = Oracle.points("correlated", 20_000, 20_000, 2);
    Clock cold = new Clock();
    data20.test();
    System.out.printf(Locale.ROOT, "20000 v 20000, first call of a JVM: %s%n", cold);
    for (int warm = 0; warm < 50; warm++) {
      data20.test();
    }
    for (int n : new int[] {20_000, 100_000, 1_000_000}) {
      Oracle.Points data = Oracle.points("correlated", n, n, 2);
      System.gc();
      ManagementFactory.getMemoryPoolMXBeans().forEach(MemoryPoolMXBean::resetPeakUsage);
      Clock clock = new Clock();
      double d = data.test().statistic();
      System.out.printf(
          Locale.ROOT, "%d v %d: D %.6f in %s; peak heap %.0f MB%n", n, n, d, clock, peakHeap());
    }
    KolmogorovSmirnov2D test = Oracle.points("continuous", 10_000, 10_000, 3).test();
    Clock clock = new Clock();
    test.permute(1000, 0);
    System.out.printf(Locale.ROOT, "1000 permutations at 10000 v 10000: %s%n", clock);

    Oracle.Points large = Oracle.points("continuous", 1_000_000, 1_000_000, 4);
    clock = new Clock();
    TwoSampleTests.of(large.x1, large.x2);
    System.out.printf(Locale.ROOT, "1D tests at 1000000 v 1000000: %s%n", clock);
    compareWithPython();
  }

  private static void compareWithPython() throws IOException, InterruptedException {
    String ndtest = System.getProperty("ndtest", "");
    if (ndtest.isEmpty()) {
      System.out.println("No -Dndtest=ndtest.py: the ratio to it is left out.");
      return;
    }
    String n = "20000";
    Oracle.Points data = Oracle.points("correlated", Integer.parseInt(n), Integer.parseInt(n), 2);
    double d = 0;
    double[] seconds = new double[11];
    for (int i = 0; i < seconds.length; i++) {
      Clock clock = new Clock();
      d = data.test().statistic();
      seconds[i] = clock.processorSeconds();
    }
    Arrays.sort(seconds);
    double ours = seconds[seconds.length / 2];
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
        "%s v %s, processor seconds: ours %.4f (median of 11), ndtest %.2f, ratio %.0f; D differs by %.1e%n",
        n,
        n,
        ours,
        theirs,
        theirs / ours,
        Math.abs(d - Double.parseDouble(fields[1])));
  }

  /** Wall time, and this process's processor time, which other load on the machine leaves alone. */
  private static final class Clock {
    private final OperatingSystemMXBean system =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final long wall = System.nanoTime();
    private final long processor = system.getProcessCpuTime();

    double processorSeconds() {
      return (system.getProcessCpuTime() - processor) / 1e9;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%.3f s (%.3f s of processor time)",
          (System.nanoTime() - wall) / 1e9,
          processorSeconds());
    }
  }

  private static double peakHeap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .mapToLong(pool -> pool.getPeakUsage().getUsed())
            .sum()
        / 1e6;
  }
}
