package org.anomalyscore.command;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.hadoop.util.ShutdownHookManager;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.config.Configurator;
import picocli.CommandLine.Help;

/**
 * What a user reads when a signal (Ctrl-C, SIGTERM) ends the process: one line, instead of what
 * Spark and this program say while their threads are torn down.
 */
public final class Interruption {

  /** Above Spark's own hook, which stops the session, and so before it. */
  private static final int PRIORITY = 100;

  private static final long UNKNOWN = -1;

  private static final AtomicLong SAVED = new AtomicLong(UNKNOWN);

  private static volatile boolean ended;
  private static volatile boolean happened;

  private Interruption() {}

  /** Starts to watch; once a process. */
  public static void watch() {
    ShutdownHookManager.get().addShutdownHook(Interruption::say, PRIORITY);
  }

  /** The command came to its end by itself, so that the end of the process is no interruption. */
  public static void ended() {
    ended = true;
  }

  /** True once a signal has come: failures that follow from it are not worth a word. */
  public static boolean happened() {
    return happened;
  }

  /**
   * More rows stand in the tables, which the same command would not compute again.
   *
   * @param images 0 says that there may be some later
   */
  public static void saved(long images) {
    SAVED.updateAndGet(before -> Math.max(0, before) + images);
  }

  private static void say() {
    if (ended) {
      return;
    }
    happened = true;
    Configurator.setAllLevels(LogManager.ROOT_LOGGER_NAME, Level.OFF);
    // The bar of a terminal stands on a line that is not ended.
    String start = Help.Ansi.AUTO.enabled() ? System.lineSeparator() : "";
    System.err.println(start + "anomaly-score: " + message(SAVED.get()));
    System.err.flush();
  }

  static String message(long saved) {
    return saved == UNKNOWN
        ? "interrupted; the same command starts again"
        : "interrupted; %,d images are saved; the same command goes on".formatted(saved);
  }
}
