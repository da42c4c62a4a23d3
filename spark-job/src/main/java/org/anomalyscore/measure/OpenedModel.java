package org.anomalyscore.measure;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A feature model that was fetched and agrees with its card. Its trial takes seconds, in a process
 * of its own: it may go on beside other work, and need not begin where there is nothing to measure.
 */
public final class OpenedModel implements AutoCloseable {

  private final ModelFile model;
  private final FutureTask<Void> trial;
  private boolean started;

  /**
   * A model whose trial is still to come.
   *
   * @param trial fails where the model cannot be used, and else hands it to Spark
   */
  public OpenedModel(ModelFile model, Callable<Void> trial) {
    this.model = model;
    this.trial = new FutureTask<>(trial);
  }

  /** A model that has passed its trial in this process. */
  public static OpenedModel tried(ModelFile model) {
    OpenedModel opened = new OpenedModel(model, () -> null);
    opened.trial.run();
    opened.started = true;
    return opened;
  }

  /** What it is; not to be measured with before {@link #requireUsable}. */
  public ModelFile model() {
    return model;
  }

  /** Starts the trial beside what is done next. */
  public void startTrial() {
    if (!started) {
      started = true;
      Thread thread = new Thread(trial, "trial of a feature model");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Whether the trial has ended, however it did. */
  public boolean isTried() {
    return trial.isDone();
  }

  /**
   * Waits for the trial, and starts it where that was not done.
   *
   * @throws org.anomalyscore.storage.UserException if the model cannot be used
   */
  public ModelFile requireUsable() {
    startTrial();
    try {
      trial.get();
      return model;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      if (e.getCause() instanceof Error full) {
        // Hadoop throws one where a disk is full.
        throw full;
      }
      throw new IllegalStateException("The trial of a feature model failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted during the trial of a feature model", e);
    }
  }

  /** Ends a trial that nobody waits for any more. */
  @Override
  public void close() {
    trial.cancel(true);
  }
}
