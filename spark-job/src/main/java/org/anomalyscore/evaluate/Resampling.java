package org.anomalyscore.evaluate;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.anomalyscore.command.Progress;
import org.anomalyscore.stats.Replicates;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;

/**
 * Computes the permutations and resamples of a comparison: on the executors where they are many and
 * the executors are other machines, else in this process, which under a local master has the same
 * cores. The numbers are the same to the bit, for any number of tasks.
 *
 * @param spark whose executors
 * @param name of the data set, for the progress bar
 * @param least points that replicates draw in all, from which they are worth a Spark job
 */
record Resampling(SparkContext spark, String name, double least) implements Replicates.Runner {

  /**
   * Some three seconds of a core, at five million points a second; shipping the ranks and starting
   * the job's tasks take about one (an estimate).
   */
  private static final double WORTH_A_JOB = 1.5e7;

  /** Ten seconds of a core, after which somebody waits for a word. */
  private static final double WORTH_A_BAR = 5e7;

  /** A few tasks a core, so that none waits long for the last. */
  private static final int TASKS_A_CORE = 4;

  Resampling(SparkContext spark, String name) {
    this(spark, name, spark.isLocal() ? Double.POSITIVE_INFINITY : WORTH_A_JOB);
  }

  @Override
  public long[] run(Replicates replicates, int from, int to) {
    int count = to - from;
    double points = (double) count * replicates.drawn();
    if (points < least) {
      LongAdder done = new LongAdder();
      return points < WORTH_A_BAR
          ? Replicates.here(done).run(replicates, from, to)
          : Progress.during(
              name,
              "replicates",
              count,
              done::sum,
              () -> Replicates.here(done).run(replicates, from, to));
    }
    LongAccumulator done = spark.longAccumulator();
    return Progress.during(
        name, "replicates", count, done::sum, () -> onExecutors(replicates, from, to, done));
  }

  private long[] onExecutors(Replicates replicates, int first, int end, LongAccumulator done) {
    int count = end - first;
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark);
    Broadcast<Replicates> shipped = context.broadcast(replicates);
    try {
      int tasks = Math.min(count, TASKS_A_CORE * context.defaultParallelism());
      List<Integer> numbers = IntStream.range(0, tasks).boxed().toList();
      List<long[]> parts =
          context
              .parallelize(numbers, tasks)
              .map(
                  task -> {
                    int from = first + (int) ((long) count * task / tasks);
                    int to = first + (int) ((long) count * (task + 1) / tasks);
                    long[] scaled = shipped.value().compute(from, to);
                    done.add(scaled.length);
                    return scaled;
                  })
              .collect();
      return parts.stream().flatMapToLong(Arrays::stream).toArray();
    } finally {
      shipped.destroy();
    }
  }
}
