package org.anomalyscore.pixels;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * How long the decoding of one file may take. A crafted file of a few kilobytes can keep a decoder
 * busy for minutes. When the time is over by the clock, as much is given again by the time of the
 * processor, so that a loaded machine rejects nothing that an idle one reads; only then is it asked
 * for, since it costs more than the decoding of a small image.
 *
 * <p>Used by the thread that made it and by no other.
 */
final class DecodingTime {
  /** What any file may take: the first one of a process also loads and compiles its decoder. */
  private static final long NANOS_A_FILE = 10_000_000_000L;

  /** Twice what the dearest kind takes: 16 bits of colour with alpha, in PNG, on a slow core. */
  private static final long NANOS_A_PIXEL = 500;

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private final long nanosAFile;
  private long limit;
  private final long begin = System.nanoTime();
  private boolean byProcessor;
  private long processorBegin;
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
    nextLook = begin + limit;
  }

  /** To be called once the size is known. */
  void allow(long pixels) {
    limit = nanosAFile + NANOS_A_PIXEL * pixels;
    nextLook = begin + limit;
  }

  /** Cheap enough for every read. */
  boolean isOver() {
    long now = System.nanoTime();
    if (now - nextLook < 0) {
      return false;
    }
    if (!byProcessor) {
      byProcessor = true;
      processorBegin = processorNanos();
    }
    long left = limit - (processorNanos() - processorBegin);
    nextLook = now + left;
    return left <= 0;
  }

  /** The limit in seconds. */
  long limitSeconds() {
    return limit / 1_000_000_000L;
  }

  private static long processorNanos() {
    return THREADS.isCurrentThreadCpuTimeSupported()
        ? THREADS.getCurrentThreadCpuTime()
        : System.nanoTime();
  }
}
