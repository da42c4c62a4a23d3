package org.anomalyscore.it;

import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Simulates one {@code score} run of ResNet-50 over ten million photographs in S3 on clusters that
 * nobody had at hand: the job's own rules for slices and partitions, with what was measured on a
 * small machine and, where it is named so, assumed of a large one. Prints where the time goes.
 * Decoding is taken to keep up, which needs three cores a GPU (0.023 s an image were measured).
 *
 * <p>{@code ./mvnw -DskipTests -Pgrowth verify -Dparts=simulate}
 */
final class RunSimulation {
  private static final long IMAGES = 10_000_000;

  /** Assumed: half of an H100's 67 TFLOP/s in float32, at 262 GFLOP an image. */
  private static final double IMAGES_A_GPU_SECOND = 128;

  /** Of an H100's executors: four tasks share a GPU. */
  private static final int TASKS_A_GPU = 4;

  /** As in {@code ScoreJob} and {@code SlicePace}. */
  private static final int PARTITIONS_A_CORE = 8;

  private static final int BATCH = 8;
  private static final double SECONDS_A_SLICE = 300;
  private static final int MOST_GROWTH = 8;

  /** Measured: first jobs and compilation, and opening a model in each executor. */
  private static final double START_SECONDS = 12;

  /** Assumed: tasks that a Spark driver starts a second. */
  private static final double TASKS_STARTED_A_SECOND = 1000;

  /** Assumed: one request to S3, and the threads of the committer (its default). */
  private static final double REQUEST_SECONDS = 0.1;

  private static final int COMMITTER_THREADS = 32;

  /** Requests of the driver a file of a slice: to read what a task left, complete it, delete it. */
  private static final int COMMIT_REQUESTS = 3;

  /** Assumed: how much equal tasks differ, as the sigma of a log-normal. */
  private static final double SPREAD = 0.1;

  private static final int KEYS_A_LISTING = 1000;
  private static final int GETS_A_PREFIX = 5500;

  /** As in {@code TableFile}: of a row of scores, and of a file. */
  private static final long ROW_BYTES = 200;

  private static final long FILE_BYTES = 128L << 20;

  /** Measured: a GET, and no HEAD before it. */
  private static final int REQUESTS_AN_IMAGE = 1;

  private RunSimulation() {}

  static void print() {
    System.out.println(
        "| GPUs | images in | hours | listing | waiting for the last tasks | commits"
            + " | GPUs waiting for S3 |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (int gpus : new int[] {8, 64, 256}) {
      print(gpus, 1);
      print(gpus, 256);
    }
  }

  /**
   * @param folders that hold equal parts of the images; each is a prefix of S3
   */
  private static void print(int gpus, int folders) {
    Random random = new Random(0);
    int cores = TASKS_A_GPU * gpus;
    double gpuRate = gpus * IMAGES_A_GPU_SECOND;
    double rate = Math.min(gpuRate, (double) GETS_A_PREFIX * folders / REQUESTS_AN_IMAGE);
    double imageSeconds = cores / rate;
    // Folders are listed side by side, a task each.
    double listing = (double) IMAGES / KEYS_A_LISTING * REQUEST_SECONDS / Math.min(folders, cores);
    double scoring = 0;
    double committing = 0;
    long chunks = IMAGES / BATCH;
    long last = 0;
    double lastSeconds = 0;
    for (long done = 0; done < chunks; done += last) {
      long wave = (long) PARTITIONS_A_CORE * cores;
      long wanted = wave;
      if (last > 0) {
        long byPace = (long) (last * SECONDS_A_SLICE / lastSeconds);
        wanted = Math.max(wave, Math.min(byPace, MOST_GROWTH * last));
      }
      long remaining = chunks - done;
      last = remaining < 1.5 * wanted ? remaining : wanted;
      long partitions = Math.min(last, wave);
      double taskSeconds = (double) last * BATCH / partitions * imageSeconds;
      double slice = makespan(cores, partitions, taskSeconds, random);
      double files = Math.ceil((double) last * BATCH * ROW_BYTES / FILE_BYTES);
      double commit = COMMIT_REQUESTS * REQUEST_SECONDS * Math.ceil(files / COMMITTER_THREADS);
      scoring += slice;
      committing += commit;
      lastSeconds = slice + commit;
    }
    double ideal = IMAGES / rate;
    double all = START_SECONDS + listing + scoring + committing;
    System.out.printf(
        Locale.ROOT,
        "| %d | %s | %.2f | %.0f s, %.1f %% | %.1f %% | %.0f s, %.1f %% | %.0f %% |%n",
        gpus,
        folders == 1 ? "one folder" : folders + " folders",
        all / 3600,
        listing,
        100 * listing / all,
        100 * (scoring - ideal) / all,
        committing,
        100 * committing / all,
        100 * (1 - rate / gpuRate));
  }

  /** Tasks in turn on whichever core is free first, none sooner than the driver can start it. */
  private static double makespan(int cores, long tasks, double seconds, Random random) {
    PriorityQueue<Double> free = new PriorityQueue<>();
    for (int core = 0; core < cores; core++) {
      free.add(0.0);
    }
    double end = 0;
    for (long task = 0; task < tasks; task++) {
      double begin = Math.max(free.remove(), task / TASKS_STARTED_A_SECOND);
      // The mean is that of an even task.
      double factor = Math.exp(SPREAD * random.nextGaussian() - SPREAD * SPREAD / 2);
      double finish = begin + seconds * factor;
      free.add(finish);
      end = Math.max(end, finish);
    }
    return end;
  }
}
