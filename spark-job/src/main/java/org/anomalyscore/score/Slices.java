package org.anomalyscore.score;

import java.util.function.Consumer;
import org.anomalyscore.command.Interruption;
import org.anomalyscore.command.Progress;
import org.anomalyscore.table.Lease;
import org.apache.spark.sql.SparkSession;

/**
 * Scores and commits a work list slice by slice.
 *
 * @param lease of the tables, held before and after each commit
 * @param scorer of a slice
 * @param describe names the Spark jobs that follow
 * @param committed called after each slice
 */
record Slices(
    SparkSession spark,
    ScoreRequest request,
    WorkList work,
    Lease lease,
    SliceScorer scorer,
    Consumer<String> describe,
    Runnable committed) {

  /** Small enough that a lost task costs minutes, large enough that starting one costs nothing. */
  private static final int MOST_IMAGES_A_PARTITION = 2000;

  /** Partitions a core of each slice, so that an early finisher finds more work. */
  private static final int PARTITIONS_A_CORE = 8;

  /** Scores all of them. */
  Tally score() {
    return Progress.during(
        spark, request.dataset(), work.toDo(), scorer.score().engine().metrics(), this::eachSlice);
  }

  private Tally eachSlice() {
    int batchSize = batchSize();
    long fixed = ((long) request.sliceImages() + batchSize - 1) / batchSize;
    SlicePace pace = new SlicePace(fixed, partitionsForAllCores());
    Tally tally = Tally.NONE;
    Interruption.saved(0);
    double seconds = 0;
    long to;
    for (long from = 0; from < work.chunks(); from = to) {
      to = from + pace.next(work.chunks() - from, seconds);
      lease.requireHeld();
      describe.accept("score %.0f %%".formatted(100.0 * to / work.chunks()));
      long begin = System.nanoTime();
      Tally slice = scorer.score(work.slice(from, to, partitions(to - from)));
      requireEachImageOnce(slice, work.size(from, to));
      lease.requireHeld();
      committed.run();
      tally = tally.plus(slice);
      Interruption.saved(slice.scored());
      seconds = (System.nanoTime() - begin) / 1e9;
    }
    return tally;
  }

  private int batchSize() {
    return scorer.score().engine().batchSize();
  }

  private long partitionsForAllCores() {
    return (long) PARTITIONS_A_CORE * spark.sparkContext().defaultParallelism();
  }

  /**
   * Each some chunks; enough for all cores to end together, and none so long that its loss hurts.
   */
  private int partitions(long chunks) {
    if (request.partitions() > 0) {
      return request.partitions();
    }
    long small = chunks * batchSize() / MOST_IMAGES_A_PARTITION;
    return (int) Math.max(1, Math.min(chunks, Math.max(partitionsForAllCores(), small)));
  }

  private static void requireEachImageOnce(Tally tally, long images) {
    if (tally.files() != images) {
      throw new IllegalStateException(
          images + " images were to be scored but " + tally.files() + " outcomes came back");
    }
  }
}
