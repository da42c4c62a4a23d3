package org.anomalyscore.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Nightly: a run whose disk is full, and one whose drivers and executors are killed at random
 * moments and that is started again until its table is whole. Then that table must be the one of a
 * run that nobody disturbed. Tables lie on a local disk and in S3 in turn.
 *
 * <p>{@code -Pnightly -Danomalyscore.kills=20} kills more often, {@code
 * -Danomalyscore.kills.seed=N} at other moments.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ResourceLock(StandaloneCluster.LOCK)
class FaultIT {

  private static final int KILLS = Integer.getInteger("anomalyscore.kills", 6);
  private static final long SEED = Long.getLong("anomalyscore.kills.seed", 1);
  private static final String BUCKET = "killed";

  /** A debug line of the executors; what they measured, whether it was committed or not. */
  private static final Pattern MEASURED = Pattern.compile("has measured (\\d+) images");

  @TempDir static Path folder;

  private final Random random = new Random(SEED);
  private StandaloneCluster cluster;
  private S3Server server;
  private Undisturbed undisturbed;
  private double undisturbedSeconds;
  private int kills;

  @BeforeAll
  void start() throws Exception {
    undisturbed = Undisturbed.once();
  }

  @Test
  @Tag("nightly")
  void noKillLosesOrDoublesARow() throws Exception {
    server = S3Server.once();
    server.makeBucket(BUCKET);
    cluster = StandaloneCluster.once();
    JobProcess.Result calm = score(folder.resolve("calm").toString()).run();
    assertEquals(0, calm.exitCode(), calm::toString);
    undisturbedSeconds = calm.duration().toMillis() / 1e3;
    undisturbed.assertWhole(folder.resolve("calm"));
    assertEquals(Undisturbed.IMAGES, measuredByLastRun());
    for (int round = 0; kills < KILLS; round++) {
      boolean inS3 = round % 2 == 1;
      String name = "round" + round;
      String out = inS3 ? "s3a://" + BUCKET + "/" + name : folder.resolve(name).toString();
      int killedBefore = kills;
      long measured = runUntilWhole(out);
      Path tables = inS3 ? server.download(BUCKET, name, folder.resolve("s3-copy")) : Path.of(out);
      undisturbed.assertWhole(tables);
      if (inS3) {
        assertEquals(List.of(), server.pendingUploads(BUCKET));
      }
      say(
          "%s: %d kills, lost 0, doubled 0, %d of %d images measured again",
          out.replace(folder.toString(), "DIR"),
          kills - killedBefore,
          measured - Undisturbed.IMAGES,
          Undisturbed.IMAGES);
    }
  }

  @Test
  @Tag("nightly")
  void aFullDiskIsToldAndTheRunGoesOnWhenThereIsRoom() throws Exception {
    Path disk = Files.createDirectories(folder.resolve("disk"));
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk.toString()) == 0,
        "a small disk cannot be mounted without root's rights");
    try {
      JobProcess.Result full = WarmJob.run(undisturbed.score(disk.resolve("out").toString()));
      assertEquals(3, full.exitCode(), full::toString);
      assertTrue(full.err().contains("a disk is full"), full::toString);
      assertEquals(0, run("mount", "-o", "remount,size=64m", disk.toString()));
      JobProcess.Result more = WarmJob.run(undisturbed.score(disk.resolve("out").toString()));
      assertEquals(0, more.exitCode(), more::toString);
      undisturbed.assertWhole(disk.resolve("out"));
    } finally {
      assertEquals(0, run("umount", disk.toString()));
    }
  }

  private static int run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor();
  }

  /** Returns how many images were measured in all. */
  private long runUntilWhole(String out) throws Exception {
    long measured = 0;
    while (true) {
      try (JobProcess.Running job = score(out).start()) {
        long begin = System.nanoTime();
        double last = 0;
        while (kills < KILLS && job.isAlive()) {
          double moment = last + random.nextDouble() * (undisturbedSeconds - last);
          boolean driver = random.nextInt(10) < 6;
          sleepUntil(begin, moment, job);
          if (!job.isAlive()) {
            break;
          }
          last = moment;
          if (driver) {
            job.kill();
            kills++;
            say("kill %2d: driver after %4.1f s", kills, moment);
            break;
          }
          if (cluster.killExecutor(random.nextInt(2))) {
            kills++;
            say("kill %2d: executor after %4.1f s", kills, moment);
          }
        }
        JobProcess.Result result = job.result();
        measured += measuredByLastRun();
        if (result.exitCode() == 0) {
          return measured;
        }
        assertEquals(137, result.exitCode(), result::toString);
      }
    }
  }

  private static void sleepUntil(long begin, double seconds, JobProcess.Running job)
      throws InterruptedException {
    while (System.nanoTime() - begin < seconds * 1e9 && job.isAlive()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private JobProcess score(String out) throws IOException {
    return cluster
        .submit(undisturbed.score(out, "--slice", "24"))
        .env("AWS_ACCESS_KEY_ID", server.accessKey)
        .env("AWS_SECRET_ACCESS_KEY", server.secretKey)
        .conf("spark.hadoop.fs.s3a.endpoint", server.endpoint())
        .conf("spark.hadoop.fs.s3a.endpoint.region", "us-east-1")
        .conf("spark.hadoop.fs.s3a.path.style.access", "true")
        .timeout(Duration.ofMinutes(5));
  }

  /** Images that a run's executors have measured, killed ones up to their last whole batch. */
  private long measuredByLastRun() {
    cluster.awaitNoExecutors();
    return Stream.of(cluster.executorLog(0), cluster.executorLog(1))
        .flatMap(log -> MEASURED.matcher(log).results())
        .mapToLong(batch -> Long.parseLong(batch.group(1)))
        .sum();
  }

  private void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
