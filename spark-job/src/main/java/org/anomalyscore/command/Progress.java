package org.anomalyscore.command;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.anomalyscore.measure.ScoreMetrics;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.SparkSession;
import picocli.CommandLine.Help;
import scala.jdk.javaapi.CollectionConverters;

/**
 * A progress bar on standard error: images done, images a second, time left.
 *
 * <p>Spark adds a task's counters to the driver's when the task ends; what running tasks have done
 * so far comes with the executors' heartbeats (spark.executor.heartbeatInterval).
 */
public final class Progress extends SparkListener {

  /** Bars that are on the screen now. */
  private static final AtomicInteger SHOWN = new AtomicInteger();

  /** Characters of a line in a log file. */
  private static final int LINE = 100;

  private final SparkSession spark;
  private final ScoreMetrics metrics;
  private final ProgressBar bar;
  private final Map<Long, Long> running = new ConcurrentHashMap<>();
  private final ScheduledExecutorService clock = clock();

  /** One thread, which does not keep the process. */
  static ScheduledExecutorService clock() {
    return Executors.newSingleThreadScheduledExecutor(
        task -> {
          Thread thread = new Thread(task, "progress");
          thread.setDaemon(true);
          return thread;
        });
  }

  private Progress(SparkSession spark, String name, long total, ScoreMetrics metrics) {
    this.spark = spark;
    this.metrics = metrics;
    SHOWN.incrementAndGet();
    this.bar = bar(name, " images", total);
  }

  private static ProgressBar bar(String name, String unit, long total) {
    boolean terminal = Help.Ansi.AUTO.enabled();
    return new ProgressBarBuilder()
        .setTaskName(name)
        .setInitialMax(total)
        .setUnit(unit, 1)
        .setStyle(ProgressBarStyle.ASCII)
        .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
        // A log file gets a line every ten seconds instead of a redrawn one.
        .setUpdateIntervalMillis(terminal ? 500 : 10_000)
        .setConsumer(
            terminal
                ? new ConsoleProgressBarConsumer(System.err)
                : new DelegatingProgressBarConsumer(System.err::println, LINE))
        .build();
  }

  /**
   * Shows a bar while {@code work} runs, of anything but images.
   *
   * @param unit what is counted, in the plural
   * @param done how many of them are done
   */
  public static <T> T during(
      String name, String unit, long total, LongSupplier done, Supplier<T> work) {
    ScheduledExecutorService clock = clock();
    SHOWN.incrementAndGet();
    try (ProgressBar bar = bar(name, " " + unit, total)) {
      ScheduledFuture<?> ticks =
          clock.scheduleAtFixedRate(
              () -> bar.stepTo(Math.min(done.getAsLong(), total)), 500, 500, TimeUnit.MILLISECONDS);
      T result = work.get();
      ticks.cancel(false);
      bar.stepTo(total);
      return result;
    } finally {
      clock.shutdownNow();
      SHOWN.decrementAndGet();
    }
  }

  /** Shows a bar, and the counters in Spark's metrics system, while {@code work} runs. */
  public static <T> T during(
      SparkSession spark, String name, long total, ScoreMetrics metrics, Supplier<T> work) {
    metrics.show();
    if (total == 0) {
      return work.get();
    }
    Progress progress = new Progress(spark, name, total, metrics);
    spark.sparkContext().addSparkListener(progress);
    ScheduledFuture<?> ticks =
        progress.clock.scheduleAtFixedRate(progress::step, 500, 500, TimeUnit.MILLISECONDS);
    try {
      return work.get();
    } finally {
      ticks.cancel(false);
      progress.close();
    }
  }

  /** Whether a bar says how far the work is. */
  static boolean isShown() {
    return SHOWN.get() > 0;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate heartbeat) {
    CollectionConverters.asJava(heartbeat.accumUpdates())
        .forEach(
            task -> {
              long done = 0;
              for (AccumulableInfo info : CollectionConverters.asJava(task._4())) {
                boolean ours =
                    info.id() == metrics.scored().id() || info.id() == metrics.rejected().id();
                if (ours && info.update().isDefined()) {
                  done += ((Number) info.update().get()).longValue();
                }
              }
              running.put((Long) task._1(), done);
            });
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd end) {
    running.remove(end.taskInfo().taskId());
  }

  private void step() {
    long inTasks = running.values().stream().mapToLong(Long::longValue).sum();
    long done = metrics.scored().value() + metrics.rejected().value() + inTasks;
    bar.stepTo(Math.min(done, bar.getMax()));
  }

  private void close() {
    clock.shutdownNow();
    spark.sparkContext().removeSparkListener(this);
    running.clear();
    step();
    bar.close();
    SHOWN.decrementAndGet();
  }
}
