package org.anomalyscore.command;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import org.apache.spark.scheduler.SparkListenerJobStart;

/**
 * Says on standard error what a command is doing, and at its end how long each step took. A step
 * begins with the first Spark job of another description, or with {@link #beginTrial}. Where
 * nothing else is said for ten seconds, it says for how long the step has been going on.
 */
public final class Steps extends SparkListener {
  private static final String DESCRIPTION = "spark.job.description";

  /** A job that was given no description has the place in the code that began it. */
  private static final Pattern PLACE = Pattern.compile(".* at \\S+:\\d+");

  private static final int SILENCE_SECONDS = 10;

  /** Those of the running command; null where it says nothing of them. */
  private static volatile Steps current;

  private final PrintStream out;
  private final ScheduledExecutorService clock = Progress.clock();
  private final ScheduledFuture<?> ticks;
  private final long start = System.nanoTime();
  private final Map<String, Double> seconds = new LinkedHashMap<>();
  private String step = "start Spark";
  private long stepStart = start;
  private long said;

  Steps(PrintStream out) {
    this.out = out;
    say(step);
    current = this;
    this.ticks = clock.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
  }

  /**
   * Begins a step that is no Spark job: a model's trial. It ends with the next step's first job.
   */
  public static void beginTrial() {
    Steps steps = current;
    if (steps != null) {
      steps.next("try the model");
    }
  }

  private synchronized void next(String what) {
    endStep();
    step = what;
    say(step);
  }

  private void say(String what) {
    out.println("anomaly-score: " + what);
    said = System.nanoTime();
  }

  private synchronized void tick() {
    long now = System.nanoTime();
    if (Progress.isShown() || Interruption.happened()) {
      said = now;
    } else if (now - said > TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
      say("%s: %d s so far".formatted(step, TimeUnit.NANOSECONDS.toSeconds(now - stepStart)));
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart job) {
    String next = job.properties().getProperty(DESCRIPTION);
    // The bar says how far the work is.
    next = next == null ? null : next.replaceFirst(" \\d+ %", "");
    if (next != null && !next.equals(step) && !PLACE.matcher(next).matches()) {
      next(next);
    }
  }

  private void endStep() {
    long now = System.nanoTime();
    seconds.merge(step, (now - stepStart) / 1e9, Double::sum);
    stepStart = now;
  }

  @Override
  public synchronized void onApplicationEnd(SparkListenerApplicationEnd end) {
    current = null;
    ticks.cancel(false);
    clock.shutdownNow();
    if (Interruption.happened()) {
      return;
    }
    endStep();
    say(
        String.format(Locale.ROOT, "%.1f s in all: ", (System.nanoTime() - start) / 1e9)
            + seconds.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.1f s", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", ")));
  }
}
