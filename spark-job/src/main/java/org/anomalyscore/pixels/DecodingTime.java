package org.anomalyscore.pixels;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * How long the decoding of one file may take, in seconds of the processor, so that a loaded machine
 * rejects nothing that an idle one reads. A crafted file of a few kilobytes can keep a decoder busy
 * for minutes.
 *
 * <p>Used by the thread that made it and by no other.
 */
final class DecodingTime {
  /** What any file may take: the first one of a process also loads and compiles its decoder. */
  private static final long NANOS_A_FILE = 10_000_000_000L;

  /** About ten times what the dearest format (16-bit colour with alpha) takes on a slow core. */
  private static final long NANOS_A_PIXEL = 300;

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final long begin = processorNanos();
  private final long nanosAFile;
  private long limit;
  private long nextLook;

  DecodingTime() {
    this(NANOS_A_FILE);
  }

  /**
   * @param nanosAFile what any file may take, in nanoseconds
   */
  DecodingTime(long nanosAFile) {
    this.nanosAFile = nanosAFile;
    limit = nanosAFile;
    nextLook = System.nanoTime() + limit;
  }

  /** To be called once the size is known. */
  void allow(long pixels) {
    limit = nanosAFile + NANOS_A_PIXEL * pixels;
  }

  /** Cheap enough for every read: the processor's time is asked for only when it can be over. */
  boolean isOver() {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return false;
    }
    long left = limit - (processorNanos() - begin);
    nextLook = now + left;
    return left <= 0;
  }

  /** The limit in seconds. */
  long limitSeconds() {
    return limit / 1_000_000_000L;
  }

  private long processorNanos() {
    return threads.isCurrentThreadCpuTimeSupported()
        ? threads.getCurrentThreadCpuTime()
        : System.nanoTime();
  }
}
