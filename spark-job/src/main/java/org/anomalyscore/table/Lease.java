package org.anomalyscore.table;

import static org.anomalyscore.table.LeaseOwner.State.ENDED;
import static org.anomalyscore.table.LeaseOwner.State.RUNNING;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.anomalyscore.storage.ExclusiveFile;
import org.anomalyscore.storage.UserException;
import org.anomalyscore.storage.VisibleText;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write score rows into an output folder, which one run has at a time.
 *
 * <p>It is a file {@code _lease.N} in that folder, made by an exclusive create (a conditional PUT
 * on S3) and rewritten every {@link Times#renewal} for as long as its run lives. A run that finds
 * one whose owner is dead makes {@code _lease.N+1} and removes the old one. No clocks are compared:
 * a lease is dead if its file did not change while the newcomer watched it for {@link
 * Times#expiry}, or, where both are on one machine, at once if there is no such process any more.
 *
 * <p>Two newcomers that meet at a dead lease want the same next file, which one of them gets. A
 * newcomer so slow that the folder has changed hands meanwhile would make another file than the
 * present owner's; so each lists the folder after its create, and steps back if it is not alone.
 */
public final class Lease implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lease.class);

  private static final String PREFIX = "_lease.";

  /** A thousand times what a lease has. */
  private static final int MOST_BYTES = 1 << 20;

  /** Newcomers that were faster, before something else must be the matter. */
  private static final int MOST_ATTEMPTS = 100;

  private static final int HIGHEST_NUMBER = 999_999_999;

  /**
   * How long an owner and a newcomer wait; all runs that share a folder must have the same.
   *
   * @param renewal from one rewriting of the file to the next
   * @param trust how long its owner trusts a lease that it could not renew; less than expiry, so
   *     that it stops before a newcomer starts
   * @param expiry how long a newcomer watches a file that does not change
   */
  record Times(Duration renewal, Duration trust, Duration expiry) {

    /** Six renewals: a pause of the driver or of the storage must not cost it the lease. */
    static final Times DEFAULT =
        new Times(Duration.ofSeconds(10), Duration.ofSeconds(45), Duration.ofSeconds(60));

    Times {
      if (renewal.compareTo(trust) >= 0 || trust.compareTo(expiry) >= 0) {
        throw new IllegalArgumentException(
            "A lease needs renewal < trust < expiry, not %s, %s, %s"
                .formatted(renewal, trust, expiry));
      }
    }

    /** A newcomer looks ten times a renewal. */
    private Duration look() {
      return renewal.dividedBy(10);
    }
  }

  /** Runs of this process that are under way; their process being alive says nothing else. */
  private static final Set<String> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final FileSystem fs;
  private final Path file;
  private final Map<String, Object> content;
  private final List<Path> dead;
  private final List<TableRow> interrupted;
  private final Runnable onLoss;
  private final Times times;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "lease");
            thread.setDaemon(true);
            return thread;
          });
  private volatile String lost;
  private ScheduledFuture<?> renewals;
  private long renewalCount;
  private volatile long renewedNanos = System.nanoTime();

  private Lease(
      FileSystem fs,
      Path file,
      Map<String, Object> content,
      List<Path> dead,
      List<TableRow> interrupted,
      Runnable onLoss,
      Times times) {
    this.dead = dead;
    this.fs = fs;
    this.file = file;
    this.content = content;
    this.interrupted = interrupted;
    this.onLoss = onLoss;
    this.times = times;
  }

  /**
   * Takes the lease of a folder; waits at most {@link Times#expiry} to see whether a former owner
   * lives.
   *
   * @param run its row for the table of runs, as far as it is known at the start
   * @param onLoss called from another thread if the lease is lost to somebody else
   * @param times {@link Times#DEFAULT}, but for tests
   * @throws UserException when another run holds it
   */
  static Lease take(FileSystem anyFs, Path folder, TableRow run, Runnable onLoss, Times times)
      throws IOException {
    FileSystem fs = withoutChecksums(anyFs);
    Map<String, Object> content = new LinkedHashMap<>(LeaseOwner.thisProcess().asMap());
    content.put("run", run.asMap());
    // Before the file is there: another thread of this process must not take it for a dead run's.
    HELD_HERE.add(LeaseContent.runId(content));
    boolean taken = false;
    try {
      Lease lease = take(fs, folder, content, onLoss, times);
      taken = true;
      return lease;
    } finally {
      if (!taken) {
        HELD_HERE.remove(LeaseContent.runId(content));
      }
    }
  }

  private static Lease take(
      FileSystem fs, Path folder, Map<String, Object> content, Runnable onLoss, Times times)
      throws IOException {
    for (int attempt = 0; ; attempt++) {
      List<Path> dead = new ArrayList<>();
      List<TableRow> interrupted = new ArrayList<>();
      for (FileStatus other : files(fs, folder)) {
        if (other.isDirectory()) {
          throw notUsable(other.getPath(), "it is a folder");
        }
        Map<String, Object> left = requireDead(fs, other.getPath(), times);
        if (left != null) {
          dead.add(other.getPath());
          interrupted.add(LeaseContent.interruptedRow(left, other.getModificationTime()));
        }
      }
      int last = dead.stream().mapToInt(Lease::number).max().orElse(0);
      Path file = new Path(folder, PREFIX + (last + 1));
      if (last == HIGHEST_NUMBER || attempt == MOST_ATTEMPTS) {
        throw notUsable(
            new Path(folder, PREFIX + Math.max(1, last)), "it can be neither read nor followed");
      }
      if (!ExclusiveFile.create(fs, file, LeaseContent.bytes(content))) {
        // Somebody was faster; what it made is looked at like any other.
        continue;
      }
      Set<Path> others = new HashSet<>();
      files(fs, folder).forEach(status -> others.add(status.getPath()));
      others.remove(fs.makeQualified(file));
      others.removeAll(dead);
      if (!others.isEmpty()) {
        fs.delete(file, false);
        throw held(others.iterator().next(), null);
      }
      interrupted.removeIf(row -> row == null);
      Lease lease = new Lease(fs, file, content, dead, interrupted, onLoss, times);
      lease.renewals =
          lease.clock.scheduleWithFixedDelay(
              lease::renew,
              times.renewal.toMillis(),
              times.renewal.toMillis(),
              TimeUnit.MILLISECONDS);
      return lease;
    }
  }

  /** The runs whose leases lie in a folder: under way, or dead and not yet followed. */
  static List<TableRow> unfinished(FileSystem anyFs, Path folder) throws IOException {
    FileSystem fs = withoutChecksums(anyFs);
    List<TableRow> runs = new ArrayList<>();
    for (FileStatus file : files(fs, folder)) {
      byte[] bytes = read(fs, file.getPath());
      if (bytes != null) {
        TableRow row = LeaseContent.runRow(LeaseContent.parse(bytes));
        // A lease whose owner could not say who it was may be any's.
        runs.add(row == null ? TableRow.of(Table.RUNS) : row);
      }
    }
    return runs;
  }

  /** Rows of {@code runs} for those whose lease this one took over. */
  public List<TableRow> interrupted() {
    return List.copyOf(interrupted);
  }

  /** Removes the dead leases, once the rows of their runs are written. */
  public void forgetInterrupted() {
    for (Path old : dead) {
      LOG.warn("Took over from a run that did not end: {}", old);
      remove(old);
    }
  }

  private void remove(Path lease) {
    try {
      fs.delete(lease, false);
    } catch (IOException e) {
      // The next run finds its process ended, and its run's row in the table.
      LOG.warn("Cannot remove {}: {}", lease, e.getMessage());
    }
  }

  /**
   * Fails if this run may no longer write.
   *
   * @throws UserException when another run took the lease, or it could not be renewed in time
   */
  public void requireHeld() {
    if (lost == null && System.nanoTime() - renewedNanos > times.trust.toNanos()) {
      lost = file + " could not be renewed for " + times.trust.toSeconds() + " s";
    }
    if (lost != null) {
      throw new UserException(
          "This run lost the right to write to "
              + file.getParent()
              + ": "
              + lost
              + ". What it had committed stands; start it again to score the rest.");
    }
  }

  /**
   * Keeps what is known of the run by now, for whoever finds it killed.
   *
   * @param run its row for the table of runs
   */
  public synchronized void describe(TableRow run) {
    content.put("run", run.asMap());
    renew();
  }

  private synchronized void renew() {
    if (lost != null) {
      return;
    }
    try {
      if (!fs.exists(file)) {
        lose("another run took over " + file + ", or somebody deleted it");
        return;
      }
      content.put("renewals", ++renewalCount);
      try (OutputStream out = fs.create(file, true)) {
        out.write(LeaseContent.bytes(content));
      }
      // The write may have hung for so long that another run took over; then it made the file anew.
      for (FileStatus other : files(fs, file.getParent())) {
        if (!other.getPath().equals(fs.makeQualified(file)) && !dead.contains(other.getPath())) {
          fs.delete(file, false);
          lose("another run took over: there is " + other.getPath());
          return;
        }
      }
      renewedNanos = System.nanoTime();
    } catch (IOException | RuntimeException | FSError e) {
      // Hadoop throws an error of its own where the disk is full; the next renewal may find room.
      LOG.warn("Cannot renew {}: {}", file, e.getMessage());
      if (System.nanoTime() - renewedNanos > times.trust.toNanos()) {
        lose(file + " could not be renewed for " + times.trust.toSeconds() + " s (" + e + ")");
      }
    }
  }

  private void lose(String why) {
    lost = why;
    LOG.error("Lost the lease: {}", why);
    onLoss.run();
  }

  /** Gives the folder back; only after the run's row has been written. */
  public synchronized void release() {
    renewals.cancel(false);
    clock.shutdownNow();
    if (lost == null) {
      lost = "it was released";
      remove(file);
    }
  }

  /**
   * Ends the renewals. A lease that was not released stays, and shows the next run that there was
   * this one.
   */
  @Override
  public void close() {
    renewals.cancel(false);
    clock.shutdownNow();
    HELD_HERE.remove(LeaseContent.runId(content));
  }

  /** What a dead owner left; null if it was released while being watched. */
  private static Map<String, Object> requireDead(FileSystem fs, Path file, Times times)
      throws IOException {
    byte[] first = read(fs, file);
    if (first == null) {
      return null;
    }
    Map<String, Object> content = LeaseContent.parse(first);
    LeaseOwner owner = LeaseOwner.of(content);
    if (owner.isThisProcess()
        ? !HELD_HERE.contains(LeaseContent.runId(content))
        : owner.state() == ENDED) {
      return content;
    }
    if (owner.state() == RUNNING) {
      throw held(file, content);
    }
    LOG.info(
        "Waiting up to {} s to see whether the owner of {} lives", times.expiry.toSeconds(), file);
    long end = System.nanoTime() + times.expiry.toNanos();
    while (System.nanoTime() < end) {
      sleep(times.look());
      byte[] now = read(fs, file);
      if (now == null) {
        return null;
      }
      if (!Arrays.equals(first, now)) {
        throw held(file, content);
      }
    }
    return content;
  }

  private static void sleep(Duration duration) {
    try {
      TimeUnit.MILLISECONDS.sleep(duration.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for a lease", e);
    }
  }

  private static UserException held(Path file, Map<String, Object> content) {
    String owner =
        content == null
            ? ""
            : " (run %s, process %s on %s)"
                .formatted(
                    VisibleText.of(LeaseContent.runId(content)),
                    VisibleText.of(String.valueOf(content.get("pid"))),
                    VisibleText.of(String.valueOf(content.get("host"))));
    return new UserException(
        "Another run%s is writing to %s: it keeps renewing %s. Wait until it has ended, or give another --out."
            .formatted(owner, file.getParent(), file));
  }

  private static UserException notUsable(Path file, String why) {
    return new UserException(
        "Cannot take the right to write to %s: %s is no lease that this program made: %s. If no run writes there now, remove it and start again."
            .formatted(file.getParent(), file, why));
  }

  private static FileSystem withoutChecksums(FileSystem fs) {
    // A reader beside a writer would see the new bytes with the old checksum.
    return fs instanceof ChecksumFileSystem checked ? checked.getRawFileSystem() : fs;
  }

  private static List<FileStatus> files(FileSystem fs, Path folder) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (FileStatus status : fs.listStatus(folder)) {
      if (status.getPath().getName().matches("_lease\\.\\d{1,9}")) {
        files.add(status);
      }
    }
    return files;
  }

  private static int number(Path file) {
    return Integer.parseInt(file.getName().substring(PREFIX.length()));
  }

  /** Null where there is no such file. One that is empty is being rewritten: it is read again. */
  private static byte[] read(FileSystem fs, Path file) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try (InputStream in = fs.open(file)) {
        byte[] bytes = in.readNBytes(MOST_BYTES);
        if (bytes.length > 0 || attempt == 10) {
          return bytes;
        }
      } catch (FileNotFoundException e) {
        return null;
      }
      sleep(Duration.ofMillis(20));
    }
  }
}
